#include "mcp/server.h"

#include <gtest/gtest.h>

#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

using fixtures::json_of;
using fixtures::request;
using fixtures::Serving;

constexpr const char* kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

Json initialize(const char* version) {
  return request("initialize", {{"protocolVersion", version},
                                {"capabilities", Json::object()},
                                {"clientInfo", Json::object()}});
}

int code(const Json& answer) {
  return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
}

TEST(Server, OverHttpGetAndDeleteNeedASession) {
  Serving s;
  for (const char* method : {"GET", "DELETE"}) {
    EXPECT_EQ(s.reply_to(s.post({}, {}, method)).http_status, 400);
    EXPECT_EQ(s.reply_to(s.post({}, {{"mcp-session-id", "abc"}}, method)).http_status, 404);
    const Reply modern = s.reply_to(s.post({}, {{"mcp-protocol-version", kModernVersion}}, method));
    EXPECT_EQ(modern.http_status, 405);
    EXPECT_EQ(modern.headers.at(0),
              (std::pair<std::string, std::string>("Allow", "GET, POST, DELETE, OPTIONS")));
  }
  EXPECT_EQ(s.reply_to(s.post(kPing, {}, "PUT")).http_status, 405);
  EXPECT_EQ(s.reply_to(s.post({}, {}, "GET", "/.well-known/oauth-protected-resource")).http_status,
            404);
  EXPECT_EQ(s.reply_to(s.post(kPing, {})).http_status, 200);
}

TEST(Server, RefusesWhatIsNoMessage) {
  Serving s;
  const std::pair<std::string, int> cases[] = {{"", kParseError},
                                               {"{", kParseError},
                                               {"\xFF", kParseError},
                                               {"[]", kInvalidRequest},
                                               {"[" + std::string(kPing) + "]", kInvalidRequest},
                                               {"1", kInvalidRequest},
                                               {"{}", kInvalidRequest}};
  for (const auto& [body, expected] : cases) {
    const Json answer = json_of(s.reply_to(s.receive(body)));
    EXPECT_EQ(code(answer), expected) << body;
    EXPECT_FALSE(answer.contains("id")) << body;
    EXPECT_EQ(answer["error"]["data"]["correlation_id"], "cid");
  }
}

TEST(Server, AnswersNoNotificationAndNoResponse) {
  Serving s;
  auto notice = s.receive(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}})", 7);
  ASSERT_TRUE(std::holds_alternative<Notice>(notice));
  EXPECT_EQ(std::get<Notice>(notice).scope, "c7");
  EXPECT_FALSE(std::get<Notice>(notice).reply.has_body());
  const Reply response = s.reply_to(s.receive(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
  EXPECT_EQ(response.http_status, 202);
  EXPECT_FALSE(response.has_body());
}

TEST(Server, ASessionIdOfAnotherServerIsUnknown) {
  Serving s;
  const Reply reply = s.reply_to(s.post(kPing, {{"mcp-session-id", "abc"}}));
  EXPECT_EQ(reply.http_status, 404);
  EXPECT_EQ(code(json_of(reply)), kSessionNotFound);
}

TEST(Server, ASessionIsInitializedOnceAndForgottenAtItsEnd) {
  Serving s;
  const std::string first = initialize("2025-03-26").dump();
  EXPECT_EQ(json_of(s.reply_to(s.receive(first, 5)))["result"]["protocolVersion"], "2025-03-26");
  EXPECT_EQ(std::get<Work>(s.receive(kPing, 5)).version, "2025-03-26");
  EXPECT_EQ(std::get<Work>(s.receive(kPing, 6)).version, kLatestLegacy);
  EXPECT_EQ(code(json_of(s.reply_to(s.receive(first, 5)))), kInvalidRequest);
  s.server.closed(5);
  EXPECT_EQ(std::get<Work>(s.receive(kPing, 5)).version, kLatestLegacy);
  EXPECT_EQ(code(json_of(s.reply_to(s.receive(first, 5)))), 0);
}

TEST(Server, OffersItsLatestVersionForOneItDoesNotKnow) {
  Serving s;
  EXPECT_EQ(json_of(s.ask(initialize("2099-01-01")))["result"]["protocolVersion"], kLatestLegacy);
  const Json incomplete =
      json_of(s.ask(request("initialize", {{"protocolVersion", "2025-06-18"}})));
  EXPECT_EQ(code(incomplete), kInvalidParams);
}

TEST(Server, LogsKnowNamesThatExistOnly) {
  Serving s;
  const auto work = [&](const Json& message) { return std::get<Work>(s.receive(message.dump())); };
  EXPECT_EQ(work(request("tools/list")).method_name(), "tools/list");
  EXPECT_EQ(work(request("evil\nmethod")).method_name(), "_OTHER");
  EXPECT_EQ(work(request("tools/call", {{"name", "get_risk"}})).tool_name(), "get_risk");
  EXPECT_EQ(work(request("tools/call", {{"name", "evil"}})).tool_name(), "");
  EXPECT_EQ(code(json_of(s.ask(request("evil")))), kMethodNotFound);
}

// What is cut off a long name must leave valid UTF-8 behind, or no client can read the answer.
TEST(Server, NamesThatDoNotExistComeBackShortAndReadable) {
  Serving s;
  for (const char* method : {"tools/call", "prompts/get"})
    for (std::size_t before = 124; before <= 129; ++before) {
      const std::string name =
          std::string(before, 'a') + "\xF0\x9F\x98\x80" + std::string(1000, 'b');
      const Json answer = json_of(s.ask(request(method, {{"name", name}})));
      ASSERT_FALSE(answer.is_discarded())
          << method << ": the answer to " << before << " is not valid JSON";
      EXPECT_EQ(code(answer), kInvalidParams);
      EXPECT_LT(answer["error"]["message"].get<std::string>().size(), 200u);
    }
}

TEST(Server, ParamsOfTheWrongShapeAreErrors) {
  Serving s;
  const Json bad[] = {request("tools/call"),
                      request("tools/call", {{"name", 5}}),
                      request("tools/call", {{"name", "get_risk"}, {"arguments", "text"}}),
                      request("tools/call", {{"name", "get_risk"}, {"arguments", Json::array()}}),
                      request("prompts/get"),
                      request("prompts/get", {{"name", "analyze_framework_compliance"},
                                              {"arguments", {{"framework", 1}}}}),
                      request("resources/read"),
                      request("resources/read", {{"uri", nullptr}}),
                      request("resources/list", {{"cursor", "x"}}),
                      request("tools/list", {{"cursor", 5}})};
  for (const Json& message : bad)
    EXPECT_EQ(code(json_of(s.ask(message))), kInvalidParams) << message;
}

TEST(Server, ArgumentsThatDoNotFitAreAResultForTheModel) {
  Serving s;
  for (const Json& arguments :
       {Json(nullptr), Json::object(), Json{{"risk_id", 5}}, Json{{"risk_id", ""}},
        Json{{"risk_id", "a"}, {"more", 1}}, Json{{"risk_id", std::string(257, 'x')}}}) {
    const Reply reply =
        s.ask(request("tools/call", {{"name", "get_risk"}, {"arguments", arguments}}));
    const Json result = json_of(reply)["result"];
    EXPECT_EQ(result["isError"], true) << arguments;
    EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>())["error"]["code"],
              "invalid_argument");
    EXPECT_EQ(reply.error_type, "tool_error");
  }
  const Json good = json_of(
      s.ask(request("tools/call", {{"name", "get_risk"}, {"arguments", {{"risk_id", "ri-1"}}}})));
  EXPECT_EQ(good["result"]["isError"], false);
}

TEST(Server, ListsArePagedAndCursorsBelongToTheirList) {
  Serving s;
  std::string cursor;
  std::size_t items = 0;
  for (Json params = Json::object();; params["cursor"] = cursor) {
    const Json result = json_of(s.ask(request("resources/list", params)))["result"];
    items += result["resources"].size();
    if (!result.contains("nextCursor")) break;
    cursor = result["nextCursor"];
  }
  EXPECT_EQ(items, 5u) << "three documents, the index and the graph";
  EXPECT_EQ(code(json_of(s.ask(request("tools/list", {{"cursor", cursor}})))), kInvalidParams);
}

TEST(Server, AnUnknownResourceIsNotFoundInTheWordsOfItsEra) {
  Serving s;
  Json params{{"uri", "finos://risks/\xC3\xA9"}};
  const Json legacy = json_of(s.ask(request("resources/read", params)));
  EXPECT_EQ(code(legacy), kResourceNotFound);
  EXPECT_EQ(legacy["error"]["data"]["uri"], params["uri"]);
  params["_meta"] = {{kMetaVersion, kModernVersion}, {kMetaCapabilities, Json::object()}};
  EXPECT_EQ(code(json_of(s.ask(request("resources/read", params)))), kInvalidParams);
}

TEST(Server, MethodsBelongToTheirEra) {
  Serving s;
  const Json meta{{kMetaVersion, kModernVersion}, {kMetaCapabilities, Json::object()}};
  EXPECT_EQ(code(json_of(s.ask(request("ping")))), 0);
  EXPECT_EQ(code(json_of(s.ask(request("ping", {{"_meta", meta}})))), kMethodNotFound);
  EXPECT_EQ(code(json_of(s.ask(request("server/discover")))), kMethodNotFound);
  EXPECT_EQ(
      json_of(s.ask(request("server/discover", {{"_meta", meta}})))["result"]["supportedVersions"],
      Json{kModernVersion});
}

}  // namespace
}  // namespace govhost::mcp
