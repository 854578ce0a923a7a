// 2026-07-28 over HTTP: the order of the checks, and the status line of every fault.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

using Modern = OnServer<Kind::kFixtures>;

using Headers = HeaderList;

// A request with one member of its envelope set to something else; null: taken away.
std::string with_meta(const std::string& method, const char* key, Json value,
                      Json params = Json::object()) {
  Json request = modern(method, std::move(params));
  Json& meta = request["params"]["_meta"];
  const std::string name = std::string("io.modelcontextprotocol/") + key;
  if (value.is_null())
    meta.erase(name);
  else
    meta[name] = std::move(value);
  return request.dump();
}

Headers head(const char* version, const char* method, const char* name = nullptr) {
  Headers all;
  if (version) all.emplace_back("MCP-Protocol-Version", version);
  if (method) all.emplace_back("Mcp-Method", method);
  if (name) all.emplace_back("Mcp-Name", name);
  return all;
}

constexpr const char* kNow = "2026-07-28";

bool echoes_one(const HttpAnswer&, const Json& j) { return j.value("id", Json()) == Json(1); }

TEST_F(Modern, TheEnvelopeAndItsHeaders) {
  const std::string list = modern("tools/list").dump();
  const std::string text = modern("tools/call", {{"name", "test_simple_text"}}).dump();
  const std::string plain = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
  const auto versions = [](const HttpAnswer&, const Json& j) {
    return j["id"] == 1 && j["error"]["data"]["supported"] == Json{"2026-07-28"} &&
           j["error"]["data"]["requested"].is_string();
  };
  const Row rows[] = {
      {"right", list, head(kNow, "tools/list"), 200, 0, echoes_one},
      {"no _meta", plain, head(kNow, "tools/list"), 400, -32602, echoes_one},
      {"no version in _meta, header modern", with_meta("tools/list", "protocolVersion", nullptr),
       head(kNow, "tools/list"), 400, -32602, echoes_one},
      {"version number", with_meta("tools/list", "protocolVersion", 5), head(kNow, "tools/list"),
       400, -32602, echoes_one},
      {"no capabilities", with_meta("tools/list", "clientCapabilities", nullptr),
       head(kNow, "tools/list"), 400, -32602, echoes_one},
      {"capabilities array", with_meta("tools/list", "clientCapabilities", Json::array()),
       head(kNow, "tools/list"), 400, -32602, echoes_one},
      {"capabilities before headers",
       with_meta("tools/list", "clientCapabilities", nullptr),
       {},
       400,
       -32602,
       echoes_one},
      {"unknown log level", with_meta("tools/list", "logLevel", "loud"), head(kNow, "tools/list"),
       400, -32602, echoes_one},
      {"log level number", with_meta("tools/list", "logLevel", 3), head(kNow, "tools/list"), 400,
       -32602, echoes_one},
      {"no version header", list, head(nullptr, "tools/list"), 400, -32020, echoes_one},
      {"header legacy, body modern", list, head("2025-11-25", "tools/list"), 400, -32020,
       echoes_one},
      {"header now, body v999", with_meta("tools/list", "protocolVersion", "v999"),
       head(kNow, "tools/list"), 400, -32020, echoes_one},
      {"both v999", with_meta("tools/list", "protocolVersion", "v999"), head("v999", "tools/list"),
       400, -32022, versions},
      {"both 1900-01-01", with_meta("tools/list", "protocolVersion", "1900-01-01"),
       head("1900-01-01", "tools/list"), 400, -32022, versions},
      {"envelope names a legacy version", with_meta("tools/list", "protocolVersion", "2025-11-25"),
       head("2025-11-25", "tools/list"), 400, -32022, versions},
      {"unsupported before Mcp-Method", with_meta("tools/list", "protocolVersion", "v999"),
       head("v999", nullptr), 400, -32022, versions},
      {"garbage header", plain, head("garbage", "tools/list"), 400, -32602, echoes_one},
      {"no Mcp-Method", list, head(kNow, nullptr), 400, -32020, echoes_one},
      {"another Mcp-Method", list, head(kNow, "tools/call"), 400, -32020, echoes_one},
      {"Mcp-Method of another case", list, head(kNow, "Tools/List"), 400, -32020, echoes_one},
      {"Mcp-Method with blanks around it", list, head(kNow, " \ttools/list \t"), 200, 0,
       echoes_one},
      {"Mcp-Method twice", list,
       Headers{{"MCP-Protocol-Version", kNow},
               {"Mcp-Method", "tools/list"},
               {"Mcp-Method", "tools/list"}},
       400, -32020, echoes_one},
      {"header names of another case", list,
       Headers{{"mcp-protocol-VERSION", kNow}, {"MCP-METHOD", "tools/list"}}, 200, 0, echoes_one},
      {"version header twice", list,
       Headers{{"MCP-Protocol-Version", kNow},
               {"MCP-Protocol-Version", kNow},
               {"Mcp-Method", "tools/list"}},
       400, -32020, echoes_one},
      {"call without Mcp-Name", text, head(kNow, "tools/call"), 400, -32020, echoes_one},
      {"call with another name", text, head(kNow, "tools/call", "greet"), 400, -32020, echoes_one},
      {"name in base64", text, head(kNow, "tools/call", "=?base64?dGVzdF9zaW1wbGVfdGV4dA==?="), 200,
       0, echoes_one},
      {"bad base64", text, head(kNow, "tools/call", "=?base64?dGVzd!?="), 400, -32020, echoes_one},
      {"base64 marker of another case", text,
       head(kNow, "tools/call", "=?BASE64?dGVzdF9zaW1wbGVfdGV4dA==?="), 400, -32020, echoes_one},
      {"half a marker is a literal", modern("tools/call", {{"name", "=?base64?x"}}).dump(),
       head(kNow, "tools/call", "=?base64?x"), 200, -32602, echoes_one},
      {"prompt without Mcp-Name", modern("prompts/get", {{"name", "test_simple_prompt"}}).dump(),
       head(kNow, "prompts/get"), 400, -32020, echoes_one},
      {"resource without Mcp-Name",
       modern("resources/read", {{"uri", "test://static-text"}}).dump(),
       head(kNow, "resources/read"), 400, -32020, echoes_one},
      {"task without Mcp-Name", modern("tasks/get", {{"taskId", "x"}}, 1, with_tasks()).dump(),
       head(kNow, "tasks/get"), 400, -32020, echoes_one},
      {"call without a name", modern("tools/call").dump(), head(kNow, "tools/call"), 200, -32602,
       echoes_one},
      {"array", "[" + list + "]", head(kNow, "tools/list"), 400, -32600},
      {"an array that claims by its body only", "[" + list + "]", {}, 400, -32600},
      {"session header is ignored", list,
       Headers{{"MCP-Protocol-Version", kNow},
               {"Mcp-Method", "tools/list"},
               {"Mcp-Session-Id", "nonsense"}},
       200, 0, [](const HttpAnswer& a, const Json&) { return !has(a, "mcp-session-id"); }},
      {"Last-Event-ID is ignored", list,
       Headers{
           {"MCP-Protocol-Version", kNow}, {"Mcp-Method", "tools/list"}, {"Last-Event-ID", "x.1"}},
       200, 0, echoes_one},
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(Modern, WhatTheEraHasRemovedIsUnknown) {
  for (const char* method :
       {"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
        "tasks/list", "tasks/result", "no/such", "notifications/initialized", "roots/list",
        "sampling/createMessage", ""})
    check(*server, {method, modern(method, Json::object(), 1, with_tasks()).dump(),
                    head(kNow, *method ? method : nullptr), *method ? 404 : 400,
                    *method ? -32601 : -32020, echoes_one});
}

TEST_F(Modern, FaultsWithinARequestAreAnswersWithStatus200) {
  const auto uri = [](const HttpAnswer&, const Json& j) {
    return j["error"]["data"]["uri"] == "test://no";
  };
  const auto row = [](const char* name, Json request, int status, int code,
                      std::function<bool(const HttpAnswer&, const Json&)> also = echoes_one) {
    Headers headers = modern_headers(request);
    return Row{name, request.dump(), std::move(headers), status, code, std::move(also)};
  };
  const Row rows[] = {
      row("unknown tool", modern("tools/call", {{"name", "no"}}), 200, -32602),
      row("unknown prompt", modern("prompts/get", {{"name", "no"}}), 200, -32602),
      row("unknown resource", modern("resources/read", {{"uri", "test://no"}}), 200, -32602, uri),
      row("bad cursor", modern("tools/list", {{"cursor", "x"}}), 200, -32602),
      row("listen without a filter", modern("subscriptions/listen"), 200, -32602),
      row("listen with a bad filter", modern("subscriptions/listen", {{"notifications", 5}}), 200,
          -32602),
      row("bad inputResponses",
          modern("tools/call",
                 {{"name", "test_input_required_result_elicitation"}, {"inputResponses", 5}}, 1,
                 with_questions()),
          200, -32602),
      row("the client cannot sample", modern("tools/call", {{"name", "test_missing_capability"}}),
          400, -32021,
          [](const HttpAnswer&, const Json& j) {
            return j["id"] == 1 &&
                   j["error"]["data"]["requiredCapabilities"] == Json{{"sampling", Json::object()}};
          }),
      row("the client can sample",
          modern("tools/call", {{"name", "test_missing_capability"}}, 1,
                 {{"sampling", Json::object()}}),
          200, 0),
      row("tasks without the extension", modern("tasks/get", {{"taskId", "x"}}), 400, -32021,
          [](const HttpAnswer&, const Json& j) {
            return j["error"]["data"]["requiredCapabilities"]["extensions"].contains(
                kTasksExtension);
          }),
      row("a tool that needs tasks", modern("tools/call", {{"name", "failing_job"}}), 400, -32021),
      row("unknown task", modern("tasks/get", {{"taskId", "x"}}, 1, with_tasks()), 200, -32602),
  };
  for (const Row& r : rows) check(*server, r);
}

TEST_F(Modern, ResultsSayWhatTheyAre) {
  const struct {
    const char* method;
    Json params;
    bool cacheable;
  } cases[] = {{"server/discover", Json::object(), true},
               {"tools/list", Json::object(), true},
               {"prompts/list", Json::object(), true},
               {"resources/list", Json::object(), true},
               {"resources/templates/list", Json::object(), true},
               {"resources/read", {{"uri", "test://static-text"}}, true},
               {"tools/call", {{"name", "test_simple_text"}}, false},
               {"prompts/get", {{"name", "test_simple_prompt"}}, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.method);
    const HttpAnswer answer = ask_modern(*server, modern(c.method, c.params));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json result = Json::parse(answer.body)["result"];
    EXPECT_EQ(result["resultType"], "complete");
    EXPECT_TRUE(result["_meta"]["io.modelcontextprotocol/serverInfo"].contains("name")) << result;
    EXPECT_EQ(result.contains("ttlMs"), c.cacheable);
    if (!c.cacheable) continue;
    EXPECT_GE(result["ttlMs"].get<std::int64_t>(), 0);
    EXPECT_TRUE(result["cacheScope"] == "public" || result["cacheScope"] == "private");
  }
}

TEST_F(Modern, DiscoverAndInitializeTellOfWhatWorks) {
  const Json modern_result =
      Json::parse(ask_modern(*server, modern("server/discover")).body)["result"];
  EXPECT_EQ(modern_result["supportedVersions"], Json{"2026-07-28"});
  EXPECT_TRUE(modern_result["capabilities"]["extensions"].contains(kTasksExtension))
      << modern_result;
  const Json legacy = Json::parse(server->post(initialize().dump()).body)["result"]["capabilities"];
  EXPECT_FALSE(legacy.contains("tasks")) << legacy;
  for (const char* name : {"tools", "prompts", "resources", "completions", "logging"}) {
    EXPECT_TRUE(legacy.contains(name)) << name;
    EXPECT_TRUE(modern_result["capabilities"].contains(name)) << name;
  }
  const Json first = Json::parse(server->post(initialize("2024-11-05").dump()).body)["result"];
  EXPECT_FALSE(first["capabilities"].contains("completions"));
  // What is advertised works, and what is not is unknown, whatever tools there are.
  const Server product(Kind::kProduct);
  const Json offered = Json::parse(ask_modern(product, modern("server/discover")).body)["result"];
  const int status =
      ask_modern(product, modern("tasks/get", {{"taskId", "x"}}, 1, with_tasks())).status;
  EXPECT_EQ(status, offered["capabilities"].contains("extensions") ? 200 : 404);
}

TEST_F(Modern, ParametersThatHeadersRepeat) {
  const auto row = [](const char* name, Json arguments, Headers more, int status, int code) {
    const Json request =
        modern("tools/call", {{"name", "test_x_mcp_header"}, {"arguments", std::move(arguments)}});
    return Row{name, request.dump(), modern_headers(request, more), status, code, echoes_one};
  };
  const Row rows[] = {
      row("equal", {{"region", "eu"}}, {{"Mcp-Param-Region", "eu"}}, 200, 0),
      row("name of another case", {{"region", "eu"}}, {{"mcp-param-REGION", "eu"}}, 200, 0),
      row("value of another case", {{"region", "eu"}}, {{"Mcp-Param-Region", "EU"}}, 400, -32020),
      row("missing", {{"region", "eu"}}, {}, 400, -32020),
      row("neither", Json::object(), {}, 200, 0),
      row("null", {{"region", nullptr}}, {}, 200, 0),
      row("header only", Json::object(), {{"Mcp-Param-Region", "eu"}}, 400, -32020),
      row("twice", {{"region", "eu"}}, {{"Mcp-Param-Region", "eu"}, {"Mcp-Param-Region", "eu"}},
          400, -32020),
      row("base64", {{"region", "é"}}, {{"Mcp-Param-Region", "=?base64?w6k=?="}}, 200, 0),
      row("bad base64", {{"region", "é"}}, {{"Mcp-Param-Region", "=?base64?w6k?="}}, 400, -32020),
      row("unknown parameter", {{"region", "eu"}},
          {{"Mcp-Param-Region", "eu"}, {"Mcp-Param-Other", "x"}}, 200, 0),
  };
  for (const Row& r : rows) check(*server, r);
  check(*server,
        {"not in the legacy era",
         message("tools/call", {{"name", "test_x_mcp_header"}, {"arguments", {{"region", "eu"}}}})
             .dump(),
         {},
         200,
         0});
}

}  // namespace
}  // namespace govhost::test::wire
