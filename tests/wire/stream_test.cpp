// What goes over streams besides answers: cancelling, disconnecting, progress, log messages and
// changes, in both eras.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

Json call(const char* tool, Json id = 1, Json arguments = Json::object()) {
  return message("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}},
                 std::move(id));
}

// Far longer than any test waits: what ends it is what is tested.
const Json kForever{{"seconds", 600}};

class Streams : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server = new Server(Kind::kFixtures, {"--set", "host.max_in_flight=1"});
  }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }
  // With room for one call only, the next one tells that the last is over: until then it is 429.
  static void wait_until_free() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience / 2;
    while (is_busy())
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the place is never given back";
  }
  static bool is_busy() {
    return server->post(call("test_missing_capability").dump()).status == 429;
  }
  // A call that never ends by itself and has the only place.
  static std::unique_ptr<HttpConnection> running(const Json& call, const HeaderList& headers) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      auto http = std::make_unique<HttpConnection>(server->port());
      http->begin("POST", "/mcp", usual(headers), call.dump());
      // The probe may have been first, and the call is what was refused.
      while (http->receive(std::chrono::milliseconds(5)).status == 0)
        if (is_busy()) return http;
    }
    ADD_FAILURE() << "the call never runs";
    return std::make_unique<HttpConnection>(server->port());
  }
  static Server* server;
};
Server* Streams::server = nullptr;

TEST_F(Streams, ACancelledCallEndsWithoutAnAnswer) {
  const Session session(*server);
  for (const Json& id : {Json(7), Json("7"), Json(0), Json(-5), Json(""), Json(9007199254740993)}) {
    SCOPED_TRACE(id.dump());
    const auto http = running(call("slow_compute", id, kForever), session.headers());
    // Neither another session nor an id of another type reaches it.
    const Session other(*server);
    EXPECT_EQ(other.post(notice("notifications/cancelled", {{"requestId", id}})).status, 202);
    EXPECT_EQ(session
                  .post(notice("notifications/cancelled",
                               {{"requestId", id.is_string() ? Json(7) : Json("7")}}))
                  .status,
              202);
    EXPECT_EQ(server->post(notice("notifications/cancelled", {{"requestId", id}}).dump()).status,
              202);
    EXPECT_TRUE(is_busy());
    EXPECT_EQ(session.post(notice("notifications/cancelled", {{"requestId", id}})).status, 202);
    EXPECT_EQ(http->receive().body, "") << "nothing is answered to what was cancelled";
    wait_until_free();
  }
}

TEST_F(Streams, NonsensicalCancellationsChangeNothing) {
  const Session session(*server);
  for (const Json& params :
       {Json::object(), Json{{"requestId", nullptr}}, Json{{"requestId", Json::array()}},
        Json{{"requestId", "unknown"}}, Json{{"requestId", 1.5}}})
    EXPECT_EQ(session.post(notice("notifications/cancelled", params)).status, 202) << params;
}

TEST_F(Streams, AModernClientThatGoesCancels) {
  for (const bool streaming : {false, true}) {
    SCOPED_TRACE(streaming);
    const Json request = modern("tools/call", {{"name", "slow_compute"}, {"arguments", kForever}});
    const char* const accept = streaming ? "text/event-stream" : "application/json";
    running(request, modern_headers(request, {{"Accept", accept}})).reset();
    wait_until_free();
  }
}

TEST_F(Streams, ALegacyClientThatGoesDoesNot) {
  const Session session(*server);
  running(call("slow_compute", "gone", kForever), session.headers()).reset();
  // The end of that connection has been seen once its successor is served by the same loop.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(session.post(message("ping")).status, 200);
  EXPECT_TRUE(is_busy());
  EXPECT_EQ(session.post(notice("notifications/cancelled", {{"requestId", "gone"}})).status, 202);
  wait_until_free();
}

TEST_F(Streams, AQuestionWhoseAskerHasGoneGivesItsPlaceBack) {
  for (int i = 0; i < 3; ++i) {
    const Session session(*server, "2025-11-25", with_questions());
    std::string question;
    {
      EventStreamReader stream = session.stream(call("test_elicitation", i, {{"message", "?"}}));
      const Json asked = stream.next_json();
      ASSERT_EQ(asked.value("method", ""), "elicitation/create") << asked << stream.head().body;
      question = asked["id"];
    }
    for (int n = 0; n < 20; ++n) EXPECT_EQ(session.post(message("ping")).status, 200);
    // The client may come back for the answer, so that the question is still good.
    EXPECT_EQ(
        session.post({{"jsonrpc", "2.0"}, {"id", question}, {"result", {{"action", "decline"}}}})
            .status,
        202);
    wait_until_free();
  }
}

TEST_F(Streams, ACancelledQuestionGivesItsPlaceBack) {
  const Session session(*server, "2025-11-25", with_questions());
  EventStreamReader stream = session.stream(call("test_elicitation", "q", {{"message", "?"}}));
  ASSERT_EQ(stream.next_json().value("method", ""), "elicitation/create");
  EXPECT_EQ(session.post(notice("notifications/cancelled", {{"requestId", "q"}})).status, 202);
  EXPECT_EQ(stream.next_json(), nullptr);
  wait_until_free();
}

TEST(Callers, OneDoesNotGetAllPlaces) {
  const Server shared(Kind::kFixtures,
                      {"--set", "host.max_in_flight=8", "--set", "host.max_in_flight_per_caller=1",
                       "--set", "transport.http.options.trusted_proxies=[\"127.0.0.0/8\"]"});
  const auto ask = [&](HttpConnection& http, const char* who, const Json& request) {
    http.begin("POST", "/mcp", usual({{"X-Forwarded-For", who}}), request.dump());
  };
  const auto probe = [&](const char* who) {
    HttpConnection http(shared.port());
    ask(http, who, call("test_missing_capability"));
    return http.receive();
  };
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::unique_ptr<HttpConnection> slow;
  HttpAnswer refused;
  while (refused.status != 429 && std::chrono::steady_clock::now() < deadline) {
    // A probe may have had the place when the call came.
    if (!slow || slow->receive(std::chrono::milliseconds(5)).status != 0) {
      slow = std::make_unique<HttpConnection>(shared.port());
      ask(*slow, "203.0.113.1", call("slow_compute", 1, kForever));
    }
    refused = probe("203.0.113.1");
  }
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.body.find("too many calls of yours"), std::string::npos) << refused.body;
  EXPECT_EQ(refused.headers["retry-after"], "1");
  EXPECT_EQ(probe("203.0.113.2").status, 200);
}

TEST(Notes, LogMessagesComeFromTheLevelThatWasSet) {
  const Server server(Kind::kFixtures);
  const Session session(server);
  const auto messages = [&](const Json& request, const HeaderList& headers) {
    EventStreamReader stream = server.stream("POST", headers, request.dump());
    int count = 0;
    for (Json json = stream.next_json(); !json.is_null(); json = stream.next_json()) {
      if (json.value("method", "") != "notifications/message") continue;
      ++count;
      EXPECT_EQ(json["params"]["level"], "info");
    }
    return count;
  };
  const Json logs = call("test_tool_with_logging");
  EXPECT_EQ(messages(logs, session.headers()), 0) << "no level was set";
  for (const auto& [level, count] :
       {std::pair{"debug", 3}, {"info", 3}, {"warning", 0}, {"emergency", 0}}) {
    EXPECT_TRUE(session.ask("logging/setLevel", {{"level", level}}).contains("result")) << level;
    EXPECT_EQ(messages(logs, session.headers()), count) << level;
  }
  EXPECT_TRUE(session.ask("logging/setLevel", {{"level", "debug"}}).contains("result"));
  EXPECT_EQ(messages(logs, Session(server).headers()), 0) << "the level is the session's";
  const auto modern_call = [](const char* level) {
    Json request = modern("tools/call", {{"name", "test_tool_with_logging"}});
    if (level) request["params"]["_meta"]["io.modelcontextprotocol/logLevel"] = level;
    return request;
  };
  for (const auto& [level, count] :
       {std::pair<const char*, int>{nullptr, 0}, {"info", 3}, {"error", 0}})
    EXPECT_EQ(messages(modern_call(level), modern_headers(modern_call(level))), count);
}

TEST(Notes, ProgressGrowsCarriesItsTokenAndEndsWithTheAnswer) {
  const Server server(Kind::kFixtures);
  const Session session(server);
  for (const Json& token : {Json(0), Json("t"), Json(""), Json(9007199254740993), Json(-1)}) {
    SCOPED_TRACE(token.dump());
    for (const bool in_session : {true, false}) {
      Json request = in_session ? call("test_tool_with_progress")
                                : modern("tools/call", {{"name", "test_tool_with_progress"}});
      request["params"]["_meta"]["progressToken"] = token;
      EventStreamReader stream = server.stream(
          "POST", in_session ? session.headers() : modern_headers(request), request.dump());
      double last = -1;
      int notes = 0;
      Json json = stream.next_json();
      for (; json.value("method", "") == "notifications/progress";
           json = stream.next_json(), ++notes) {
        EXPECT_EQ(json["params"]["progressToken"], token);
        EXPECT_GT(json["params"]["progress"].get<double>(), last);
        last = json["params"]["progress"];
      }
      EXPECT_EQ(notes, 3);
      EXPECT_EQ(text_of(json), "done");
      EXPECT_FALSE(stream.next());
    }
  }
  // Without a token nothing is told, and without a reader of streams the answer comes alone.
  EXPECT_EQ(text_of(session.ask("tools/call", {{"name", "test_tool_with_progress"}})), "done");
  Json request = call("test_tool_with_progress");
  request["params"]["_meta"]["progressToken"] = 1;
  const HttpAnswer plain =
      server.post(request.dump(), session.headers({{"Accept", "application/json"}}));
  EXPECT_EQ(text_of(Json::parse(plain.body)), "done");
}

TEST(Changes, ReachEverySessionOnOneOfItsStreams) {
  const Server server(Kind::kFixtures);
  const Session one(server), two(server), without(server);
  EventStreamReader older = one.listen(), newer = one.listen(), other = two.listen();
  for (const EventStreamReader* stream : {&older, &newer, &other}) {
    EXPECT_TRUE(stream->is_stream()) << stream->head().status << stream->head().body;
    EXPECT_EQ(stream->head().status, 200);
  }
  for (const auto& [tool, method] :
       {std::pair{"test_trigger_tool_change", "notifications/tools/list_changed"},
        {"test_trigger_prompt_change", "notifications/prompts/list_changed"}}) {
    EXPECT_EQ(text_of(without.ask("tools/call", {{"name", tool}})), "changed");
    EXPECT_EQ(newer.next_json().value("method", ""), method);
    EXPECT_EQ(other.next_json().value("method", ""), method);
  }
  EXPECT_TRUE(older.next_json(std::chrono::milliseconds(1)).is_null())
      << "a message goes out on one stream only";
}

TEST(Changes, AnswersNeverComeOnTheStreamOfASession) {
  const Server server(Kind::kFixtures);
  const Session session(server);
  EventStreamReader stream = session.listen();
  EXPECT_EQ(text_of(session.ask("tools/call", {{"name", "test_tool_with_logging"}})), "logged");
  EXPECT_EQ(text_of(session.ask("tools/call", {{"name", "test_trigger_tool_change"}})), "changed");
  EXPECT_EQ(stream.next_json().value("method", ""), "notifications/tools/list_changed");
}

}  // namespace
}  // namespace govhost::test::wire
