// Questions to the client in the middle of a call: multi-round-trip requests of 2026-07-28, and the
// same tools on legacy sessions.
#include <functional>
#include <memory>
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

const Json kForm{{"elicitation", Json::object()}};

Json accept(Json content) { return {{"action", "accept"}, {"content", std::move(content)}}; }

Json sampled(const char* text) {
  return {{"role", "assistant"}, {"model", "m"}, {"content", {{"type", "text"}, {"text", text}}}};
}

class RoundTrips : public OnServer<Kind::kFixtures> {
 protected:
  static Json ask(const char* tool, Json more = Json::object(),
                  Json capabilities = with_questions(), Json arguments = nullptr) {
    Json params{{"name", tool}};
    if (!arguments.is_null()) params["arguments"] = std::move(arguments);
    if (!more.is_null()) params.update(more);
    return Json::parse(
        ask_modern(*server, modern("tools/call", params, ++id, std::move(capabilities))).body);
  }
  static inline int id = 0;
};

constexpr const char* kStateful = "test_input_required_result_request_state";

TEST_F(RoundTrips, AskAndAnswer) {
  const Json asked = ask("test_input_required_result_elicitation", {}, kForm)["result"];
  EXPECT_EQ(asked["resultType"], "input_required");
  EXPECT_EQ(asked["inputRequests"]["user_name"]["method"], "elicitation/create");
  EXPECT_FALSE(asked["inputRequests"]["user_name"].contains("id"));
  EXPECT_FALSE(asked.contains("ttlMs"));
  EXPECT_EQ(text_of(ask(
                "test_input_required_result_elicitation",
                {{"inputResponses", {{"user_name", accept({{"name", "Ada"}})}, {"unknown", 5}}}})),
            "Hello, Ada!");
  EXPECT_EQ(ask("test_input_required_result_elicitation",
                {{"inputResponses", Json::object()}})["result"]["resultType"],
            "input_required")
      << "what is missing is asked again";
  EXPECT_EQ(text_of(ask("test_input_required_result_sampling",
                        {{"inputResponses", {{"capital_question", sampled("Paris")}}}})),
            "Paris");
  EXPECT_EQ(ask("test_input_required_result_list_roots")["result"]["inputRequests"]["client_roots"]
                                                        ["method"],
            "roots/list");
}

TEST_F(RoundTrips, OnlyWhatTheClientDeclared) {
  const struct {
    const char* tool;
    Json capabilities, missing;
  } cases[] = {
      {"test_input_required_result_elicitation",
       Json::object(),
       {{"elicitation", {{"form", Json::object()}}}}},
      {"test_input_required_result_elicitation",
       {{"elicitation", {{"url", Json::object()}}}},
       {{"elicitation", {{"form", Json::object()}}}}},
      {"test_input_required_result_sampling", kForm, {{"sampling", Json::object()}}},
      {"test_input_required_result_list_roots", kForm, {{"roots", Json::object()}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.tool) + c.capabilities.dump());
    const HttpAnswer answer =
        ask_modern(*server, modern("tools/call", {{"name", c.tool}}, 1, c.capabilities));
    EXPECT_EQ(answer.status, 400);
    const Json json = Json::parse(answer.body);
    EXPECT_EQ(code_of(json), -32021) << answer.body;
    EXPECT_EQ(json["error"]["data"]["requiredCapabilities"], c.missing);
  }
  EXPECT_EQ(text_of(ask("test_input_required_result_capabilities", {}, Json::object())),
            "nobody to ask");
  EXPECT_EQ(ask("test_input_required_result_capabilities", {},
                {{"sampling", Json::object()}})["result"]["inputRequests"]
                .size(),
            1u);
}

TEST_F(RoundTrips, TheStateIsOfOneRequest) {
  const Json given{{"confirm", accept({{"ok", true}})}};
  const auto again = [&](const char* tool, const Json& state, Json arguments = nullptr) {
    return ask(tool, {{"inputResponses", given}, {"requestState", state}}, with_questions(),
               std::move(arguments));
  };
  const std::string state = ask(kStateful)["result"]["requestState"];
  EXPECT_EQ(text_of(again(kStateful, state)), "state-ok");
  std::string flipped = state;
  flipped[state.size() / 2] = flipped[state.size() / 2] == 'A' ? 'B' : 'A';
  const struct {
    const char* name;
    Json answer;
  } refused[] = {
      {"tampered", again(kStateful, state + "-TAMPERED")},
      {"flipped", again(kStateful, flipped)},
      {"cut", again(kStateful, state.substr(0, state.size() - 2))},
      {"empty", again(kStateful, "")},
      {"number", again(kStateful, 5)},
      {"object", again(kStateful, Json::object())},
      {"of another tool", again("test_input_required_result_tampered_state", state)},
      {"of other arguments", again(kStateful, state, {{"x", 1}})},
      {"a session id", again(kStateful, Session(*server).id)},
  };
  for (const auto& r : refused) EXPECT_EQ(code_of(r.answer), -32602) << r.name << r.answer;
  EXPECT_EQ(code_of(ask(kStateful, {{"inputResponses", 5}})), -32602);
  EXPECT_EQ(code_of(ask(kStateful, {{"inputResponses", nullptr}})), -32602);
}

TEST_F(RoundTrips, SeveralRoundsAndPrompts) {
  constexpr const char* kTool = "test_input_required_result_multi_round";
  Json result = ask(kTool)["result"];
  ASSERT_TRUE(result["inputRequests"].contains("step1")) << result;
  result = ask(kTool, {{"inputResponses", {{"step1", accept({{"name", "a"}})}}},
                       {"requestState", result["requestState"]}})["result"];
  ASSERT_TRUE(result["inputRequests"].contains("step2")) << result;
  EXPECT_EQ(text_of(ask(kTool, {{"inputResponses", {{"step2", accept({{"color", "b"}})}}},
                                {"requestState", result["requestState"]}})),
            "three rounds");
  const auto prompt = [&](Json more) {
    more["name"] = "test_input_required_result_prompt";
    return Json::parse(ask_modern(*server, modern("prompts/get", more, 1, kForm)).body)["result"];
  };
  EXPECT_EQ(prompt(Json::object())["resultType"], "input_required");
  EXPECT_EQ(
      prompt({{"inputResponses",
               {{"user_context", accept({{"context", "x"}})}}}})["messages"][0]["content"]["text"],
      "The context is: x");
}

// A legacy client on either transport: what it is asked, and what comes of each answer.
struct Bridge {
  std::function<void(const Json&)> begin, send;
  std::function<Json()> next;
};

void bridged(const Bridge& client) {
  const auto call = [](const char* tool, Json arguments, Json id) {
    return message("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}},
                   std::move(id));
  };
  const auto answer = [&](const Json& question, const char* member, Json value) {
    client.send({{"jsonrpc", "2.0"}, {"id", question["id"]}, {member, std::move(value)}});
  };
  client.begin(call("test_sampling", {{"prompt", "p"}}, 1));
  Json question = client.next();
  ASSERT_EQ(question.value("method", ""), "sampling/createMessage") << question;
  EXPECT_EQ(question["params"]["messages"][0]["content"]["text"], "p");
  answer(question, "result", sampled("s"));
  Json result = client.next();
  EXPECT_EQ(result["id"], 1);
  EXPECT_EQ(text_of(result), "LLM response: s");

  client.begin(call("test_elicitation", {{"message", "m"}}, "two"));
  question = client.next();
  ASSERT_EQ(question.value("method", ""), "elicitation/create") << question;
  answer(question, "result", {{"action", "decline"}});
  EXPECT_EQ(text_of(client.next()), "User response: action=decline, content={}");

  client.begin(call("test_elicitation", {{"message", "m"}}, 3));
  answer(client.next(), "error", {{"code", -1}, {"message", "no user"}});
  result = client.next();
  EXPECT_EQ(result["id"], 3);
  EXPECT_NE(result["error"]["message"].get<std::string>().find("no user"), std::string::npos)
      << result;

  client.begin(call("test_input_required_result_multi_round", Json::object(), 4));
  answer(client.next(), "result", accept({{"name", "a"}}));
  answer(client.next(), "result", accept({{"color", "b"}}));
  EXPECT_EQ(text_of(client.next()), "three rounds");

  client.begin(call("test_input_required_result_multiple_inputs", Json::object(), 5));
  for (int i = 0; i < 3; ++i) {
    question = client.next();
    const std::string method = question["method"];
    answer(question, "result",
           method == "roots/list"               ? Json{{"roots", Json::array()}}
           : method == "sampling/createMessage" ? sampled("x")
                                                : accept({{"name", "n"}}));
  }
  EXPECT_EQ(text_of(client.next()), "all inputs came");
}

TEST(LegacyQuestions, OverStdio) {
  Stdio client(Kind::kFixtures);
  client.open("2025-11-25", with_questions());
  bridged({[&](const Json& m) { client.send(m); }, [&](const Json& m) { client.send(m); },
           [&] { return client.next(); }});
}

TEST(LegacyQuestions, OverHttp) {
  const Server server(Kind::kFixtures);
  const Session session(server, "2025-11-25", with_questions());
  std::unique_ptr<EventStreamReader> stream;
  bridged({[&](const Json& m) {
             stream = std::make_unique<EventStreamReader>(server.port(), "POST", "/mcp",
                                                          usual(session.headers()), m.dump());
           },
           [&](const Json& m) { EXPECT_EQ(session.post(m).status, 202); },
           [&] { return stream->next_json(); }});
}

TEST(LegacyQuestions, NobodyElseAnswersThem) {
  const Server server(Kind::kFixtures);
  const Session asked(server, "2025-11-25", with_questions()),
      other(server, "2025-11-25", with_questions());
  EventStreamReader stream = asked.stream(
      message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "m"}}}}));
  const Json question = stream.next_json();
  ASSERT_TRUE(question.contains("id")) << question;
  const auto response = [&](const char* action) {
    return Json{{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", {{"action", action}}}};
  };
  EXPECT_EQ(other.post(response("accept")).status, 202);
  EXPECT_EQ(server.post(response("accept").dump()).status, 400);
  EXPECT_EQ(asked.post(response("cancel")).status, 202);
  EXPECT_EQ(asked.post(response("accept")).status, 202) << "a second answer is nobody's";
  EXPECT_EQ(text_of(stream.next_json()), "User response: action=cancel, content={}");
}

TEST(LegacyQuestions, AClientThatCannotAnswerIsNotAsked) {
  const Server server(Kind::kFixtures);
  Stdio stdio(Kind::kFixtures);
  stdio.open();
  for (const char* tool :
       {"test_input_required_result_elicitation", "test_input_required_result_sampling",
        "test_input_required_result_list_roots", "test_missing_capability"}) {
    SCOPED_TRACE(tool);
    const Json call = message("tools/call", {{"name", tool}});
    for (const Json& answer : {Session(server).ask("tools/call", call["params"]),
                               Json::parse(server.post(call.dump()).body), stdio.ask(call)}) {
      EXPECT_EQ(answer["result"].value("isError", false), true) << answer;
      EXPECT_NE(text_of(answer).find("client_cannot_answer"), std::string::npos) << answer;
    }
  }
}

TEST(LegacyQuestions, OldClientsGetNoMemberTheyDoNotKnow) {
  const Server server(Kind::kFixtures);
  for (const auto& [version, has_mode] : {std::pair{"2025-06-18", false}, {"2025-11-25", true}}) {
    const Session session(server, version, with_questions());
    EventStreamReader stream = session.stream(
        message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "m"}}}}));
    EXPECT_EQ(stream.next_json()["params"].contains("mode"), has_mode) << version;
  }
}

}  // namespace
}  // namespace govhost::test::wire
