// The wire as bytes: classification, ids, errors and limits over HTTP and stdio, against the real
// binary with the starter catalogue.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

const HeaderList kJson = {{"Content-Type", "application/json"},
                          {"Accept", "application/json, text/event-stream"}};

HeaderList with(HeaderList more) {
  HeaderList all = kJson;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

class Protocol : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server = new Client(Wire::kHttp, Era::kLegacy, serving_starter());
  }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }

  // One message over its own connection.
  static HttpAnswer post(std::string_view body, const HeaderList& headers = kJson) {
    HttpConnection http(server->port());
    return http.request("POST", "/mcp", headers, body);
  }
  static int code(const HttpAnswer& answer) { return Json::parse(answer.body)["error"]["code"]; }

  static Client* server;
};
Client* Protocol::server = nullptr;

std::string modern(const std::string& method, Json params, Json id = 1,
                   const std::string& version = "2026-07-28") {
  params["_meta"] = {{"io.modelcontextprotocol/protocolVersion", version},
                     {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
  return Json{
      {"jsonrpc", "2.0"}, {"id", std::move(id)}, {"method", method}, {"params", std::move(params)}}
      .dump();
}

TEST_F(Protocol, InitializeAnswersEveryVersionItKnowsAndItsLatestOtherwise) {
  for (const char* version :
       {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "1999-01-01"}) {
    const Json message{{"jsonrpc", "2.0"},
                       {"id", 1},
                       {"method", "initialize"},
                       {"params",
                        {{"protocolVersion", version},
                         {"capabilities", Json::object()},
                         {"clientInfo", {{"name", "t"}, {"version", "1"}}}}}};
    const HttpAnswer answer = post(message.dump());
    EXPECT_EQ(answer.status, 200);
    const std::string expected =
        version < std::string("2026") && version > std::string("2000") ? version : "2025-11-25";
    EXPECT_EQ(Json::parse(answer.body)["result"]["protocolVersion"], expected);
  }
}

TEST_F(Protocol, IdsKeepTheirTypeAndExactValue) {
  for (const char* id : {"1", "0", "-7", "9007199254740993", "9223372036854775807", R"("a")",
                         R"("1")", R"("\u00e9 \"q\"")", R"("")"}) {
    const HttpAnswer answer =
        post(std::string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":"ping"})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(Json::parse(answer.body)["id"], Json::parse(id)) << answer.body;
  }
  EXPECT_NE(post(R"({"jsonrpc":"2.0","id":9007199254740993,"method":"ping"})")
                .body.find("9007199254740993"),
            std::string::npos);
}

TEST_F(Protocol, AbsurdIdsAreRefusedAndTheConnectionLivesOn) {
  HttpConnection http(server->port());
  for (const char* id : {"null", "1.5", "true", "[1]", "{}", "1e400", "99999999999999999999999"}) {
    const HttpAnswer answer =
        http.request("POST", "/mcp", kJson,
                     std::string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":"ping"})");
    EXPECT_EQ(answer.status, 400) << id;
    const int error = code(answer);
    EXPECT_TRUE(error == -32600 || error == -32700) << id << " " << answer.body;
  }
  EXPECT_EQ(
      http.request("POST", "/mcp", kJson, R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status,
      200);
}

TEST_F(Protocol, MalformedMessagesGetTheirJsonRpcErrorAsJson) {
  const std::string deep(100'000, '[');
  const struct {
    std::string body;
    int code;
  } cases[] = {{"{", -32700},
               {"", -32700},
               {"\xff\xfe", -32700},
               {deep, -32700},
               {R"({"a":"\ud800"})", -32700},
               {"[]", -32600},
               {"1", -32600},
               {R"("x")", -32600},
               {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", -32600},
               {R"({"jsonrpc":"2.0","id":1,"method":5})", -32600},
               {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[1]})", -32600},
               {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":"x"})", -32600}};
  HttpConnection http(server->port());
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body.substr(0, 60));
    const HttpAnswer answer = http.request("POST", "/mcp", kJson, c.body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_EQ(code(answer), c.code) << answer.body;
    EXPECT_TRUE(Json::parse(answer.body)["error"]["data"].contains("correlation_id"))
        << answer.body;
  }
  EXPECT_EQ(
      http.request("POST", "/mcp", kJson, R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status,
      200);
}

TEST_F(Protocol, UnknownMethodsToolsAndArgumentsAreErrorsOfTheRightKind) {
  const auto call = [&](const char* params) {
    return post(std::string(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)") + params +
                "}");
  };
  EXPECT_EQ(code(post(R"({"jsonrpc":"2.0","id":1,"method":"no/such"})")), -32601);
  EXPECT_EQ(code(call(R"({"name":"nope"})")), -32602);
  EXPECT_EQ(code(call(R"({})")), -32602);
  EXPECT_EQ(code(call(R"({"name":5})")), -32602);
  EXPECT_EQ(code(call(R"({"name":"get_risk","arguments":[]})")), -32602);
  const HttpAnswer wrong_type = call(R"({"name":"get_risk","arguments":{"risk_id":5}})");
  EXPECT_EQ(wrong_type.status, 200);
  EXPECT_EQ(Json::parse(wrong_type.body)["result"]["isError"], true);
}

TEST_F(Protocol, LegacyVersionHeaderIsChecked) {
  const char* const ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    EXPECT_EQ(post(ping, with({{"MCP-Protocol-Version", version}})).status, 200) << version;
  EXPECT_EQ(post(ping, with({{"MCP-Protocol-Version", "2025-01-01"}})).status, 400);
  EXPECT_EQ(post(ping, with({{"MCP-Protocol-Version", "2099-01-01"}})).status, 400);
}

TEST_F(Protocol, ModernRequestsDescribeThemselves) {
  const HeaderList headers =
      with({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "server/discover"}});
  const HttpAnswer answer = post(modern("server/discover", Json::object()), headers);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json result = Json::parse(answer.body)["result"];
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_NE(std::find(result["supportedVersions"].begin(), result["supportedVersions"].end(),
                      "2026-07-28"),
            result["supportedVersions"].end());
  EXPECT_TRUE(result["capabilities"].contains("tools"));
  EXPECT_TRUE(result.contains("ttlMs"));
  EXPECT_TRUE(result.contains("cacheScope"));
  EXPECT_EQ(answer.headers.count("mcp-session-id"), 0u);
}

TEST_F(Protocol, ModernFaultsComeInTheOrderOfTheSpecification) {
  const auto headers = [](const char* version, const char* method, HeaderList more = {}) {
    HeaderList all = with({{"MCP-Protocol-Version", version}, {"Mcp-Method", method}});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  // A version that is not served names those that are.
  const HttpAnswer unknown = post(modern("tools/list", Json::object(), 1, "2099-01-01"),
                                  headers("2099-01-01", "tools/list"));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(code(unknown), -32022);
  EXPECT_EQ(Json::parse(unknown.body)["error"]["data"]["requested"], "2099-01-01");
  // Headers that contradict the body.
  EXPECT_EQ(code(post(modern("tools/list", Json::object()), headers("2026-07-28", "tools/call"))),
            -32020);
  EXPECT_EQ(code(post(modern("tools/list", Json::object()), headers("2025-11-25", "tools/list"))),
            -32020);
  EXPECT_EQ(code(post(modern("tools/list", Json::object()),
                      with({{"MCP-Protocol-Version", "2026-07-28"}}))),
            -32020);
  const std::string read =
      modern("tools/call", {{"name", "list_risks"}, {"arguments", Json::object()}});
  EXPECT_EQ(code(post(read, headers("2026-07-28", "tools/call"))), -32020);
  EXPECT_EQ(code(post(read, headers("2026-07-28", "tools/call", {{"Mcp-Name", "get_risk"}}))),
            -32020);
  EXPECT_EQ(post(read, headers("2026-07-28", "tools/call", {{"Mcp-Name", "list_risks"}})).status,
            200);
  EXPECT_EQ(
      post(read, headers("2026-07-28", "tools/call", {{"Mcp-Name", "=?base64?bGlzdF9yaXNrcw==?="}}))
          .status,
      200);
  // No envelope although the header claims the era.
  EXPECT_EQ(code(post(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})",
                      headers("2026-07-28", "tools/list"))),
            -32602);
  // What the era has removed is unknown to it: 404.
  const HttpAnswer removed = post(modern("ping", Json::object()), headers("2026-07-28", "ping"));
  EXPECT_EQ(removed.status, 404);
  EXPECT_EQ(code(removed), -32601);
  const HttpAnswer initialize = post(
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})",
      headers("2026-07-28", "initialize"));
  EXPECT_EQ(initialize.status, 400);
}

TEST_F(Protocol, BothErasShareOneConnection) {
  HttpConnection http(server->port());
  EXPECT_EQ(http.request("POST", "/mcp", kJson, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})")
                .status,
            200);
  EXPECT_EQ(
      http.request("POST", "/mcp",
                   with({{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/list"}}),
                   modern("tools/list", Json::object()))
          .status,
      200);
  const HttpAnswer legacy =
      http.request("POST", "/mcp", kJson, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
  EXPECT_EQ(legacy.status, 200);
  EXPECT_FALSE(Json::parse(legacy.body)["result"].contains("resultType"));
}

TEST_F(Protocol, NotificationsAreAcceptedWithoutABody) {
  const HttpAnswer answer = post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "");
}

TEST_F(Protocol, HttpRulesAreKept) {
  const char* const ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  HttpConnection http(server->port());
  EXPECT_EQ(http.request("GET", "/mcp", {}, "").status, 400) << "a stream belongs to a session";
  const HttpAnswer put = http.request("PUT", "/mcp", {}, "");
  EXPECT_EQ(put.status, 405);
  EXPECT_NE(put.headers.at("allow").find("POST"), std::string::npos);
  EXPECT_EQ(http.request("POST", "/elsewhere", kJson, ping).status, 404);
  EXPECT_EQ(http.request("POST", "/mcp",
                         {{"Content-Type", "text/plain"},
                          {"Accept", "application/json, text/event-stream"}},
                         ping)
                .status,
            415);
  EXPECT_EQ(post(ping, with({{"Origin", "http://evil.example"}})).status, 403);
  EXPECT_EQ(post(ping, with({{"Origin", "http://localhost:6274"}})).status, 200);
  EXPECT_EQ(post(ping, with({{"Mcp-Session-Id", "of-another-server"}})).status, 404);
}

TEST_F(Protocol, AnOversizedBodyIsRefusedAndTheServerLivesOn) {
  const std::string big = R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":")" +
                          std::string(2'000'000, 'x') + "\"}}";
  const HttpAnswer answer = post(big);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(post(R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status, 200);
}

TEST_F(Protocol, CorrelationIdsComeBackAndAreLogged) {
  const HttpAnswer given =
      post(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})",
           with({{"X-Correlation-Id", "trace-4711"}}));
  EXPECT_EQ(given.headers.at("x-correlation-id"), "trace-4711");
  const auto line = server->process().wait_error_line("\"trace-4711\"");
  ASSERT_TRUE(line);
  const Json log = Json::parse(*line);
  EXPECT_EQ(log["event"], "request.done");
  EXPECT_EQ(log["gen_ai.tool.name"], "list_risks");
  const HttpAnswer evil = post(R"({"jsonrpc":"2.0","id":1,"method":"ping"})",
                               with({{"X-Correlation-Id", "a b<script>"}}));
  EXPECT_NE(evil.headers.at("x-correlation-id"), "a b<script>");
  EXPECT_EQ(evil.headers.at("x-correlation-id").size(), 36u);
}

TEST(Pagination, CursorsWalkEveryListOnceAndBadOnesAreRefused) {
  Client client(Wire::kStdio, Era::kLegacy, {"--set", "host.page_size=5"});
  const std::pair<const char*, const char*> lists[] = {{"tools/list", "tools"},
                                                       {"resources/list", "resources"}};
  for (const auto& [method, key] : lists) {
    std::set<std::string> seen;
    Json params = Json::object();
    std::size_t pages = 0;
    for (;; ++pages) {
      const Json result = client.request(method, params)["result"];
      EXPECT_LE(result[key].size(), 5u);
      for (const Json& item : result[key])
        EXPECT_TRUE(seen.insert(item["name"].get<std::string>() + item.value("uri", "")).second);
      if (!result.contains("nextCursor")) break;
      params["cursor"] = result["nextCursor"];
      ASSERT_LT(pages, 100u);
    }
    EXPECT_GE(seen.size(), 13u) << method;
    EXPECT_GE(pages, 2u);
    for (const Json& cursor :
         {Json("nonsense"), Json(5), Json(params["cursor"].get<std::string>() + "x")})
      EXPECT_EQ(client.request(method, {{"cursor", cursor}})["error"]["code"], -32602) << cursor;
  }
}

TEST(StdioWire, MalformedLinesAreAnsweredAndTheStreamLivesOn) {
  Process process({binary(), "serve", "--stdio"});
  const auto ask = [&](const std::string& line) {
    process.write(line + "\n");
    return Json::parse(process.read_line().value_or("null"));
  };
  EXPECT_EQ(ask("{nonsense")["error"]["code"], -32700);
  EXPECT_EQ(ask("\xff")["error"]["code"], -32700);
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"nope"})")["error"]["code"], -32601);
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":2,"method":")" + std::string(2'000'000, 'm') +
                "\"}")["error"]["code"],
            -32600);
  process.write("\n\r\n");  // empty lines are no messages
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":"x","method":"ping"})")["id"], "x");
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":3,"method":"ping"})"
                "\r")["id"],
            3);
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
}

TEST(StdioWire, ThePipelineIsAnsweredCompletely) {
  Process process({binary(), "serve", "--stdio"});
  std::string all;
  constexpr int kCalls = 2000;
  for (int i = 0; i < kCalls; ++i)
    all += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
           R"(,"method":"tools/call","params":{"name":"get_risk","arguments":{"risk_id":"ri-1"}}})"
           "\n";
  std::thread writer([&] {
    process.write(all);
    process.close_input();
  });
  std::set<int> ids;
  while (const auto line = process.read_line()) ids.insert(Json::parse(*line)["id"].get<int>());
  writer.join();
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kCalls));
  EXPECT_EQ(process.wait(), 0);
}

}  // namespace
}  // namespace govhost::test
