// JSON-RPC over HTTP: ids, notifications, malformed messages, and input made to hurt. Traps 1 to 12
// of the protocol's design.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

using JsonRpc = OnServer<Kind::kProduct>;

std::string with_id(const std::string& id, const char* method = "ping") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + "\"}";
}

// The id's own text: a JSON reader of the test must not be the one that keeps it exact.
std::function<bool(const HttpAnswer&, const Json&)> echoes(const std::string& id) {
  return [id](const HttpAnswer& answer, const Json&) {
    return answer.body.find("\"id\":" + id + ',') != std::string::npos ||
           answer.body.find("\"id\":" + id + '}') != std::string::npos;
  };
}

bool no_id(const HttpAnswer&, const Json& json) { return !json.contains("id"); }

bool empty_body(const HttpAnswer& answer, const Json&) { return answer.body.empty(); }

TEST_F(JsonRpc, IdsComeBackWithTheirTypeAndExactValueInBothEras) {
  for (const char* id : {"1", R"("1")", "0", "-5", R"("")", "9007199254740991", "9007199254740993",
                         "9223372036854775807", "-9223372036854775808", "18446744073709551615",
                         R"("a\"b\\c")", R"("é")", R"("\u0000")"}) {
    check(*server, {id, with_id(id), {}, 200, 0, echoes(id)});
    check(*server, {id, with_id(id, "no/such"), {}, 200, -32601, echoes(id)});
    const std::string modern_body =
        R"({"jsonrpc":"2.0","id":)" + std::string(id) +
        R"(,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})";
    check(*server, {id,
                    modern_body,
                    {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "server/discover"}},
                    200,
                    0,
                    echoes(id)});
    // An error of the envelope echoes too: clients take a 400 without it for a broken transport.
    check(*server, {id, modern_body, {}, 400, -32020, echoes(id)});
  }
}

TEST_F(JsonRpc, WhatIsNoIdIsRefused) {
  for (const char* id : {"null", "1.5", "1.0", "1e2", "true", "{}", "[]"})
    check(*server, {id, with_id(id, "tools/call"), {}, 400, -32600, no_id});
}

TEST_F(JsonRpc, MessagesThatAreNone) {
  const std::string deep(20'000, '[');
  const Row rows[] = {
      {"empty", "", {}, 400, -32700, no_id},
      {"blank", "  \r\n", {}, 400, -32700, no_id},
      {"cut off", R"({"jsonrpc":"2.0","id":1,"method":"pi)", {}, 400, -32700, no_id},
      {"two values", with_id("1") + with_id("2"), {}, 400, -32700, no_id},
      {"trailing comma", R"({"jsonrpc":"2.0","id":1,"method":"ping",})", {}, 400, -32700},
      {"comment", "/* x */" + with_id("1"), {}, 400, -32700},
      {"single quotes", "{'jsonrpc':'2.0'}", {}, 400, -32700},
      {"not a number", R"({"jsonrpc":"2.0","id":NaN,"method":"ping"})", {}, 400, -32700},
      {"string", R"("ping")", {}, 400, -32600, no_id},
      {"number", "1", {}, 400, -32600, no_id},
      {"null", "null", {}, 400, -32600, no_id},
      {"empty object", "{}", {}, 400, -32600, no_id},
      {"no jsonrpc", R"({"id":1,"method":"ping"})", {}, 400, -32600, echoes("1")},
      {"jsonrpc 1.0", R"({"jsonrpc":"1.0","id":1,"method":"ping"})", {}, 400, -32600, echoes("1")},
      {"jsonrpc number", R"({"jsonrpc":2.0,"id":1,"method":"ping"})", {}, 400, -32600, echoes("1")},
      {"no method", R"({"jsonrpc":"2.0","id":1})", {}, 400, -32600, echoes("1")},
      {"method number",
       R"({"jsonrpc":"2.0","id":"x","method":5})",
       {},
       400,
       -32600,
       echoes(R"("x")")},
      {"params array", R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[1]})", {}, 400, -32600},
      {"params text", R"({"jsonrpc":"2.0","id":1,"method":"ping","params":"x"})", {}, 400, -32600},
      {"deep arrays", deep, {}, 400, -32700, no_id},
      {"deep objects",
       [] {
         std::string text;
         for (int i = 0; i < 20'000; ++i) text += R"({"a":)";
         return text;
       }(),
       {},
       400,
       -32700,
       no_id},
      {"deep params",
       R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":)" + std::string(5000, '[') +
           std::string(5000, ']') + "}}",
       {},
       400,
       -32700},
      {"huge number",
       R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":1e400}})",
       {},
       400,
       -32700},
      {"invalid UTF-8",
       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\xff\"}",
       {},
       400,
       -32700,
       no_id},
      {"overlong UTF-8", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc0\xaf\"}", {}, 400, -32700},
      {"surrogate bytes",
       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xed\xa0\x80\"}",
       {},
       400,
       -32700},
      {"lone surrogate", R"({"jsonrpc":"2.0","id":1,"method":"\ud800"})", {}, 400, -32700},
      {"raw control character",
       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\nb\"}",
       {},
       400,
       -32700},
  };
  for (const Row& row : rows) check(*server, row);
  check(*server, {"and it lives on", with_id("1"), {}, 200, 0, echoes("1")});
}

TEST_F(JsonRpc, OfEqualKeysTheLastCounts) {
  check(*server, {"method",
                  R"({"jsonrpc":"2.0","id":1,"method":"no/such","method":"ping"})",
                  {},
                  200,
                  0,
                  echoes("1")});
  check(*server,
        {"id", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", {}, 200, 0, echoes("2")});
}

TEST_F(JsonRpc, BodiesBeyondTheLimitAreRefusedAsJson) {
  check(*server, {"5 MB",
                  R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":")" +
                      std::string(5'000'000, 'x') + "\"}}",
                  {},
                  413,
                  -32600,
                  no_id});
  check(*server, {"just below",
                  R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":")" +
                      std::string(1'000'000, 'x') + "\"}}",
                  {},
                  200,
                  0,
                  echoes("1")});
}

TEST_F(JsonRpc, NotificationsAreNeverAnsweredNorDone) {
  const Row rows[] = {
      {"initialized", notice("notifications/initialized").dump(), {}, 202, 0, empty_body},
      {"cancelled",
       notice("notifications/cancelled", {{"requestId", 7}}).dump(),
       {},
       202,
       0,
       empty_body},
      {"roots changed", notice("notifications/roots/list_changed").dump(), {}, 202, 0, empty_body},
      {"progress",
       notice("notifications/progress", {{"progressToken", 1}}).dump(),
       {},
       202,
       0,
       empty_body},
      {"unknown", notice("notifications/no/such").dump(), {}, 202, 0, empty_body},
      {"a request's method",
       notice("tools/call", {{"name", "list_risks"}}).dump(),
       {},
       202,
       0,
       empty_body},
      {"initialize",
       [] {
         Json m = initialize();
         m.erase("id");
         return m.dump();
       }(),
       {},
       202,
       0,
       [](const HttpAnswer& a, const Json&) {
         return a.body.empty() && !has(a, "mcp-session-id");
       }},
      {"modern without an envelope",
       notice("notifications/cancelled").dump(),
       {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "notifications/cancelled"}},
       202,
       0,
       empty_body},
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(JsonRpc, ResponsesNobodyWaitsFor) {
  const std::string response = R"({"jsonrpc":"2.0","id":"q-1","result":{}})";
  const Session session(*server);
  check(*server, {"in a session", response, session.headers(), 202, 0, empty_body});
  check(*server, {"without a session", response, {}, 400, -32600});
  check(*server,
        {"of the modern era", response, {{"MCP-Protocol-Version", "2026-07-28"}}, 400, -32600});
}

TEST_F(JsonRpc, ParamsThatAreMissingOrOdd) {
  const auto call = [](Json params) { return message("tools/call", std::move(params)).dump(); };
  const auto failed = [](const HttpAnswer&, const Json& j) {
    return j["result"]["isError"] == true;
  };
  const auto worked = [](const HttpAnswer&, const Json& j) {
    return j["result"]["isError"] == false;
  };
  const Row rows[] = {
      {"list without params", with_id("1", "tools/list"), {}, 200, 0},
      {"call without params", with_id("1", "tools/call"), {}, 200, -32602},
      {"call without a name", call(Json::object()), {}, 200, -32602},
      {"name is a number", call({{"name", 5}}), {}, 200, -32602},
      {"unknown tool", call({{"name", "nope"}}), {}, 200, -32602},
      {"no arguments", call({{"name", "list_risks"}}), {}, 200, 0, worked},
      {"arguments null",
       call({{"name", "list_risks"}, {"arguments", nullptr}}),
       {},
       200,
       0,
       worked},
      {"arguments array",
       call({{"name", "list_risks"}, {"arguments", Json::array()}}),
       {},
       200,
       -32602},
      {"argument missing", call({{"name", "get_risk"}}), {}, 200, 0, failed},
      {"argument of another type",
       call({{"name", "get_risk"}, {"arguments", {{"risk_id", 1}}}}),
       {},
       200,
       0,
       failed},
      {"_meta null", call({{"name", "list_risks"}, {"_meta", nullptr}}), {}, 200, 0, worked},
      {"_meta a number", call({{"name", "list_risks"}, {"_meta", 5}}), {}, 200, 0, worked},
      {"stray params.task",
       call({{"name", "list_risks"}, {"task", {{"ttl", 1}}}}),
       {},
       200,
       0,
       worked},
      {"prompt without params", with_id("1", "prompts/get"), {}, 200, -32602},
      {"unknown prompt", message("prompts/get", {{"name", "nope"}}).dump(), {}, 200, -32602},
      {"resource without a uri", with_id("1", "resources/read"), {}, 200, -32602},
      {"unknown resource",
       message("resources/read", {{"uri", "x://y"}}).dump(),
       {},
       200,
       -32002,
       [](const HttpAnswer&, const Json& j) { return j["error"]["data"]["uri"] == "x://y"; }},
      {"bad cursor", message("tools/list", {{"cursor", "x"}}).dump(), {}, 200, -32602},
      {"cursor number", message("prompts/list", {{"cursor", 5}}).dump(), {}, 200, -32602},
      {"unknown method", with_id("1", "no/such"), {}, 200, -32601},
      {"a notification with an id", with_id("1", "notifications/initialized"), {}, 200, -32601},
      {"discover in the legacy era", with_id("1", "server/discover"), {}, 200, -32601},
      {"core tasks of 2025-11-25", with_id("1", "tasks/list"), {}, 200, -32601},
      {"ping before initialize", with_id("1"), {}, 200, 0},
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(JsonRpc, TextsComeBackOnOneLineOfValidUtf8) {
  for (const char* text : {R"(\u0000)", R"(\r\n)", "\u2028", "\U0001F600", R"(\ud83d\ude00)",
                           R"(\u2028\u2029)", "\\\"\\\\\\/"}) {
    const std::string body = R"({"jsonrpc":"2.0","id":")" + std::string(text) +
                             R"(","method":"tools/call","params":{"name":"nope )" + text + "\"}}";
    check(*server, {text, body, {}, 200, -32602, [](const HttpAnswer& answer, const Json& json) {
                      return answer.body.find('\n') == std::string::npos && json.is_object();
                    }});
  }
  check(*server, {"BOM", "\xef\xbb\xbf" + with_id("1"), {}, 200, 0, echoes("1")});
}

TEST_F(JsonRpc, InitializeSaysWhatItIs) {
  const auto with = [](const char* name, Json value) {
    Json m = initialize();
    m["params"][name] = std::move(value);
    return m.dump();
  };
  const auto without = [](const char* name) {
    Json m = initialize();
    m["params"].erase(name);
    return m.dump();
  };
  const auto no_session = [](const HttpAnswer& a, const Json&) {
    return !has(a, "mcp-session-id");
  };
  const Row rows[] = {
      {"without clientInfo", without("clientInfo"), {}, 200, -32602, no_session},
      {"without capabilities", without("capabilities"), {}, 200, -32602, no_session},
      {"without protocolVersion", without("protocolVersion"), {}, 200, -32602, no_session},
      {"without params", with_id("1", "initialize"), {}, 200, -32602, no_session},
      {"version number", with("protocolVersion", 5), {}, 200, -32602, no_session},
      {"capabilities array", with("capabilities", Json::array()), {}, 200, -32602, no_session},
      {"modern header",
       initialize().dump(),
       {{"MCP-Protocol-Version", "2026-07-28"}},
       400,
       -32020,
       no_session},
      {"garbage header",
       initialize().dump(),
       {{"MCP-Protocol-Version", "garbage"}},
       400,
       -32020,
       no_session},
  };
  for (const Row& row : rows) check(*server, row);
  const std::pair<const char*, const char*> versions[] = {{"2024-11-05", "2024-11-05"},
                                                          {"2025-03-26", "2025-03-26"},
                                                          {"2025-06-18", "2025-06-18"},
                                                          {"2025-11-25", "2025-11-25"},
                                                          {"2026-07-28", "2025-11-25"},
                                                          {"2099-01-01", "2025-11-25"},
                                                          {"", "2025-11-25"}};
  for (const auto& [asked, given] : versions)
    check(*server, {asked,
                    initialize(asked).dump(),
                    {},
                    200,
                    0,
                    [&, given = given](const HttpAnswer& a, const Json& j) {
                      return j["result"]["protocolVersion"] == given && has(a, "mcp-session-id") &&
                             !j["result"].contains("resultType");
                    }});
}

}  // namespace
}  // namespace govhost::test::wire
