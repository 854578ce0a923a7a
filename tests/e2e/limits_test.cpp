// Callers who ask too often: they alone are slowed down, and cannot fill a disk.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

std::string sha256_of(const std::string& text) {
  Process process({"sha256sum"});
  process.write(text);
  process.close_input();
  return process.read_all().substr(0, 64);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++times;
  return times;
}

class Limits : public testing::Test {
 protected:
  void start(const std::string& limits, const std::vector<std::string>& tokens = {}) {
    std::string text = "[[transport]]\nplugin = \"http\"\noptions.listen = " + transport +
                       "\n[search]\nplugin = \"memory\"\n[[source]]\nplugin = "
                       "\"starter\"\n[audit]\ndir = \"audit\"\n" +
                       limits;
    if (!tokens.empty()) text += "[[auth]]\nplugin = \"token\"\n";
    for (const std::string& token : tokens)
      text += "[[auth.options.tokens]]\nid = \"" + token + "\"\nsha256 = \"" +
              sha256_of("c4n4ry-" + token) + "\"\nscopes = [\"x\"]\n";
    const fs::path config = folder.write("govhost.toml", text);
    process = std::make_unique<Process>(std::vector<std::string>{
        binary(), "serve", "--config", config.string(), "--ops", "127.0.0.1:0"});
    const auto line = process->wait_error_line("\"transport.listening\"");
    const auto ops = process->wait_error_line("\"ops.listening\"", std::chrono::milliseconds(0));
    ASSERT_TRUE(line && ops && process->wait_error_line("\"serve.ready\""))
        << process->error_text();
    http = std::make_unique<HttpConnection>(
        port_of(Json::parse(*line)["endpoint"].get<std::string>()));
    ops_port = port_of(Json::parse(*ops)["endpoint"].get<std::string>());
  }
  HttpAnswer call(const std::string& tool, const std::string& token = {}) {
    HeaderList headers = {{"Host", "127.0.0.1"},
                          {"Content-Type", "application/json"},
                          {"Accept", "application/json, text/event-stream"}};
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer c4n4ry-" + token);
    return http->request("POST", "/mcp", headers,
                         R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
                             tool + R"(","arguments":{"query":"data"}}})");
  }
  std::string metrics() const {
    HttpConnection ops(ops_port);
    return ops.request("GET", "/metrics", {{"Host", "127.0.0.1"}}, "").body;
  }
  // The whole trail, after the end of the server.
  std::string trail() {
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(), 0);
    std::string out;
    for (const auto& entry : fs::directory_iterator(folder.path() / "audit")) {
      if (!entry.path().filename().string().starts_with("audit-")) continue;
      std::ifstream in(entry.path());
      out.append(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }

  std::string transport = "\"127.0.0.1:0\"";
  const TempDir folder;
  std::unique_ptr<Process> process;
  std::unique_ptr<HttpConnection> http;
  std::uint16_t ops_port = 0;
};

TEST_F(Limits, ACallerIsToldHowLongToWaitAndTheOthersAreNotTouched) {
  start("[[limit]]\nkey = \"principal\"\nrate = \"30/h\"\nburst = 4\ncost = {search = 3}\n",
        {"eager", "calm"});
  EXPECT_EQ(call("search", "eager").status, 200);
  EXPECT_EQ(call("list_risks", "eager").status, 200);
  const HttpAnswer refused = call("list_risks", "eager");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "120");
  EXPECT_EQ(refused.headers.at("ratelimit-limit"), "4");
  EXPECT_EQ(refused.headers.at("ratelimit-remaining"), "0");
  EXPECT_EQ(refused.headers.at("ratelimit-reset"), "120");
  const Json body = Json::parse(refused.body);
  EXPECT_EQ(body["id"], 1);
  EXPECT_EQ(body["error"]["message"], "too many requests (limit 'principal'); try again in 120 s");
  EXPECT_EQ(call("search", "calm").status, 200);
}

TEST_F(Limits, AFloodIsCountedButIsOneLineInLogAndTrail) {
  start("[[limit]]\nkey = \"principal\"\nrate = \"1/h\"\nburst = 2\n");
  for (int i = 0; i < 300; ++i) call("list_risks");
  const std::string page = metrics();
  EXPECT_NE(page.find("govhost_rate_limit_total{limit=\"principal\",outcome=\"allow\"} 2\n"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("govhost_rate_limit_total{limit=\"principal\",outcome=\"deny\"} 298\n"),
            std::string::npos);
  EXPECT_NE(page.find("mcp_server_operation_duration_seconds_count{mcp_method_name=\"tools/call\","
                      "gen_ai_tool_name=\"list_risks\",error_type=\"rate_limited\","
                      "network_transport=\"http\"} 298\n"),
            std::string::npos);
  const std::string recorded = trail();
  EXPECT_EQ(count(recorded, "\"tools/call\""), 3u) << recorded;
  EXPECT_EQ(count(recorded, "rate_limited"), 1u);
  EXPECT_EQ(count(process->error_text(), "rate_limited"), 1u);
}

// Guessing tokens is what an address is limited for: before anybody is asked who this is.
TEST_F(Limits, AnAddressIsLimitedBeforeItsCredentialIsLookedAt) {
  start("[[limit]]\nkey = \"address\"\nrate = \"1/h\"\nburst = 5\n", {"good"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(call("list_risks", "guess").status, 401) << i;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(call("list_risks", "good").status, 429) << i;
  EXPECT_EQ(count(trail(), "rate_limited"), 1u);
}

// Behind a proxy, the client is whom the proxy names, and nobody else's word counts.
TEST_F(Limits, AClientBehindATrustedProxyHasALimitOfHisOwn) {
  transport = "\"127.0.0.1:0\"\noptions.trusted_proxies = [\"127.0.0.0/8\"]";
  start("[[limit]]\nkey = \"address\"\nrate = \"1/h\"\nburst = 2\n");
  const auto from = [&](const std::string& forwarded) {
    return http
        ->request(
            "POST", "/mcp",
            {{"Host", "127.0.0.1"},
             {"Content-Type", "application/json"},
             {"Accept", "application/json, text/event-stream"},
             {"X-Forwarded-For", forwarded}},
            R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})")
        .status;
  };
  EXPECT_EQ(from("203.0.113.1"), 200);
  EXPECT_EQ(from("198.51.100.1, 203.0.113.1"), 200);
  EXPECT_EQ(from("198.51.100.2, 203.0.113.1"), 429)
      << "what he wrote himself makes him nobody else";
  EXPECT_EQ(from("203.0.113.2"), 200);
  const std::string recorded = trail();
  EXPECT_EQ(count(recorded, "\"src\":\"203.0.113.1:0\""), 3u) << recorded;
  EXPECT_EQ(count(process->error_text(), "\"src\":\"203.0.113.2:0\""), 1u);
}

TEST_F(Limits, WithoutATrustedProxyItsHeaderMeansNothing) {
  start("[[limit]]\nkey = \"address\"\nrate = \"1/h\"\nburst = 2\n");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(http->request("POST", "/mcp",
                            {{"Host", "127.0.0.1"},
                             {"Content-Type", "application/json"},
                             {"Accept", "application/json, text/event-stream"},
                             {"X-Forwarded-For", "203.0.113." + std::to_string(i)}},
                            R"({"jsonrpc":"2.0","id":1,"method":"ping"})")
                  .status,
              i < 2 ? 200 : 429);
}

TEST_F(Limits, EachItemOfABatchCounts) {
  start("[[limit]]\nkey = \"principal\"\nrate = \"1/h\"\nburst = 2\n");
  const std::string item =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})";
  const HttpAnswer answer = http->request("POST", "/mcp",
                                          {{"Host", "127.0.0.1"},
                                           {"Content-Type", "application/json"},
                                           {"Accept", "application/json, text/event-stream"},
                                           {"MCP-Protocol-Version", "2025-03-26"}},
                                          "[" + item + "," + item + "," + item + "]");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(count(answer.body, "too many requests"), 1u);
}

TEST_F(Limits, AMisspeltToolIsAnErrorOfTheConfiguration) {
  const fs::path config = folder.write(
      "govhost.toml",
      "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\nplugin = "
      "\"starter\"\n[[limit]]\nkey = \"principal\"\nrate = \"1/s\"\ncost = {serach = 2}\n");
  const Outcome outcome = run({binary(), "config", "check", "--config", config.string()});
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_NE((outcome.out + outcome.err)
                .find("govhost.toml:7: limit 'principal': cost names no tool: serach; did you mean "
                      "search?"),
            std::string::npos)
      << outcome.out << outcome.err;
}

}  // namespace
}  // namespace govhost::test
