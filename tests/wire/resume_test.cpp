// What needs event ids and streams that count as idle in the transports: coming back for the rest
// of a stream, and ending while one is open.
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

Json call(const char* tool, Json id = 1) {
  return message("tools/call", {{"name", tool}}, std::move(id));
}

class Resume : public OnServer<Kind::kFixtures> {
 protected:
  static EventStreamReader after(const Session& session, const std::string& id) {
    return server->stream("GET", session.headers({{"Last-Event-ID", id}}));
  }
};

TEST_F(Resume, TheStreamOfACallThatHangsUp) {
  const Session session(*server);
  EventStreamReader first = session.stream(call("test_reconnection"));
  ASSERT_TRUE(first.is_stream()) << first.head().body;
  const auto priming = first.next();
  ASSERT_TRUE(priming);
  EXPECT_NE(priming->id, "");
  EXPECT_EQ(priming->data, "");
  EXPECT_GT(priming->retry_ms, 0);
  EXPECT_FALSE(first.next()) << "the server hangs up";
  EventStreamReader second = after(session, priming->id);
  ASSERT_TRUE(second.is_stream()) << second.head().status << second.head().body;
  EXPECT_EQ(text_of(second.next_json()), "Reconnection test completed");
  EXPECT_FALSE(second.next()) << "the answer ends the stream";
}

TEST_F(Resume, OlderClientsGetNoEventWithoutData) {
  for (const char* version : {"2025-03-26", "2025-06-18"}) {
    const Session session(*server, version);
    Json request = call("test_tool_with_progress");
    request["params"]["_meta"]["progressToken"] = 1;
    EventStreamReader stream = session.stream(request);
    while (const auto event = stream.next()) EXPECT_NE(event->data, "") << version;
  }
}

TEST_F(Resume, EveryEventCanBeTheLastOneSeen) {
  const Session session(*server);
  Json request = call("test_tool_with_progress");
  request["params"]["_meta"]["progressToken"] = 1;
  EventStreamReader whole = session.stream(request);
  std::vector<Event> events;
  while (const auto event = whole.next()) events.push_back(*event);
  ASSERT_EQ(events.size(), 5u) << "priming, three of progress, the answer";
  std::set<std::string> ids;
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_TRUE(ids.insert(events[i].id).second) << events[i].id;
    EventStreamReader rest = after(session, events[i].id);
    for (std::size_t n = i + 1; n < events.size(); ++n) {
      const auto event = rest.next();
      ASSERT_TRUE(event) << i << n;
      EXPECT_EQ(event->id, events[n].id);
      EXPECT_EQ(event->data, events[n].data);
    }
    EXPECT_FALSE(rest.next());
  }
}

TEST_F(Resume, OnlyOnesOwnEventsOfOnesOwnStream) {
  const Session one(*server), two(*server);
  EventStreamReader stream = one.stream(call("test_reconnection"));
  const auto priming = stream.next();
  ASSERT_TRUE(priming);
  const std::string id = priming->id;
  for (const std::string& bad :
       {std::string("nonsense"), std::string("."), id + "9", id + "x", id.substr(1),
        id.substr(0, id.rfind('.')), id.substr(0, id.rfind('.')) + ".18446744073709551615"}) {
    EventStreamReader refused = after(one, bad);
    EXPECT_EQ(refused.head().status, 400) << bad;
    EXPECT_EQ(code_of(Json::parse(refused.head().body, nullptr, false)), -32000) << bad;
  }
  EXPECT_EQ(after(two, id).head().status, 400) << "another session's";
  EXPECT_EQ(text_of(after(one, id).next_json()), "Reconnection test completed");
}

TEST_F(Resume, ChangesThatWereMissed) {
  const Session session(*server);
  std::string last;
  {
    EventStreamReader stream = session.listen();
    EXPECT_EQ(text_of(session.ask("tools/call", {{"name", "test_trigger_tool_change"}})),
              "changed");
    for (auto event = stream.next(); event; event = stream.next()) {
      last = event->id;
      if (!event->data.empty()) break;
    }
  }
  ASSERT_NE(last, "");
  EXPECT_EQ(text_of(session.ask("tools/call", {{"name", "test_trigger_prompt_change"}})),
            "changed");
  EventStreamReader again = after(session, last);
  ASSERT_TRUE(again.is_stream());
  EXPECT_EQ(again.next_json().value("method", ""), "notifications/prompts/list_changed");
}

TEST_F(Resume, TheAnswerOfACallWhoseQuestionWasAnsweredMeanwhile) {
  const Session session(*server, "2025-11-25", with_questions());
  std::string id, question;
  {
    EventStreamReader stream = session.stream(
        message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "?"}}}}));
    for (auto event = stream.next(); event; event = stream.next()) {
      id = event->id;
      if (event->data.empty()) continue;
      question = event->json()["id"];
      break;
    }
  }
  EXPECT_EQ(
      session.post({{"jsonrpc", "2.0"}, {"id", question}, {"result", {{"action", "decline"}}}})
          .status,
      202);
  EXPECT_EQ(text_of(after(session, id).next_json()), "User response: action=decline, content={}");
}

TEST(Ends, OfInputWithTheStreamOfASessionOpen) {
  Stdio client(Kind::kFixtures);
  client.open();
  EXPECT_TRUE(client.ask(message("ping", Json::object(), 2)).contains("result"));
  client.process().close_input();
  EXPECT_EQ(client.process().wait(), 0);
}

TEST(Ends, OfInputWithAQuestionOpen) {
  Stdio client(Kind::kFixtures);
  client.open("2025-11-25", with_questions());
  client.send(
      message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "?"}}}}, 2));
  EXPECT_EQ(client.next()["method"], "elicitation/create");
  const auto began = std::chrono::steady_clock::now();
  client.process().close_input();
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience / 2) << "nobody can answer it";
}

TEST(Ends, OfInputRightAfterTheAnswerToAQuestion) {
  Stdio client(Kind::kFixtures);
  client.open("2025-11-25", with_questions());
  client.send(
      message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "?"}}}}, 2));
  const Json question = client.next();
  client.send({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", {{"action", "decline"}}}});
  client.process().close_input();
  EXPECT_EQ(text_of(client.next()), "User response: action=decline, content={}");
  EXPECT_EQ(client.process().wait(), 0);
}

TEST(Ends, OfTheServerWithStreamsOpen) {
  Server server(Kind::kFixtures);
  const Session session(server);
  EventStreamReader stream = session.listen();
  server.process().signal(SIGTERM);
  EXPECT_FALSE(stream.next_json().is_object());
  EXPECT_EQ(server.process().wait(), 0);
}

}  // namespace
}  // namespace govhost::test::wire
