// What Prometheus reads of a running server.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "support/client.h"
#include "support/files.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "c4n4ry-token-of-metrics-4711";

class MetricsTest : public testing::Test {
 protected:
  // `ops`: further keys; `more`: further tables.
  void start(const std::string& ops = "", const std::string& more = "") {
    const fs::path config = folder.write(
        "govhost.toml", "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[ops]\n" +
                            ops + "[[source]]\nplugin = \"starter\"\n" + more);
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  HttpAnswer get(const HeaderList& headers = {}) {
    HttpConnection ops(client->ops_port());
    HeaderList all = headers;
    all.emplace_back("Host", "127.0.0.1");
    return ops.request("GET", "/metrics", all, "");
  }
  std::string text() {
    const HttpAnswer answer = get();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    return answer.body;
  }
  // The value of one series, as it is written before the blank.
  static double value(const std::string& page, const std::string& series) {
    const std::size_t at = page.find("\n" + series + " ");
    EXPECT_NE(at, std::string::npos) << series << " in\n" << page;
    return at == std::string::npos ? -1 : std::stod(page.substr(at + series.size() + 2));
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

// name and type
using Families = std::set<std::pair<std::string, std::string>>;

Families families_of(const std::string& text, const std::regex& line) {
  Families out;
  for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
    out.emplace((*i)[1], (*i)[2]);
  return out;
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(MetricsTest, AreThoseOfTheDocumentationAndNoOthers) {
  Upstream upstream([](const Upstream::Request&) { return Upstream::Answer{404}; });
  // As `govhost backup` leaves them.
  for (const char* name : {"state/last-backup.json", "state/last-drill.json"})
    folder.write(name, R"({"at":"2026-01-31T02:00:00Z","file":"/b.tar.gz"})");
  ::setenv("STATE_DIRECTORY", (folder.path() / "state").c_str(), 1);
  start("", "[[source]]\nplugin = \"archive\"\nname = \"far\"\nrequired = false\ngrants = [\"" +
                upstream.url() + "\"]\noptions = {url = \"" + upstream.url("/c.tar.gz") +
                "\", token = \"exec:/bin/echo a-token\"}\n[audit]\ndir = "
                "\"audit\"\nsink = [{name = \"siem\", kind = \"http\", url = \"" +
                upstream.url() +
                "\"}]\n[egress]\nallow_networks = [\"127.0.0.0/8\"]\n"
                "[[limit]]\nkey = \"principal\"\nrate = \"100/s\"\n");
  ::unsetenv("STATE_DIRECTORY");
  client->structured("list_risks");
  const std::string page = text();
  EXPECT_EQ(value(page, "govhost_backup_last_success_timestamp_seconds"), 1769824800);
  const Families given = families_of(page, std::regex("# TYPE (\\S+) (\\S+)\n"));
  const Families documented = families_of(read(fs::path(GOVHOST_DOCS) / "operations/metrics.md"),
                                          std::regex("\n\\| `(\\S+)` \\| (\\S+) \\|"));
  EXPECT_GT(documented.size(), 15u);
  EXPECT_EQ(given, documented);
  for (const auto& [name, type] : given)
    EXPECT_NE(page.find("# HELP " + name + " "), std::string::npos) << name;
}

TEST_F(MetricsTest, CountWhatClientsAsk) {
  start();
  const auto series = [](const std::string& labels) {
    return "mcp_server_operation_duration_seconds_count{mcp_method_name=\"tools/call\"," + labels +
           "network_transport=\"http\"}";
  };
  for (int i = 0; i < 3; ++i) client->structured("get_risk", {{"risk_id", "ri-1"}});
  client->request("tools/call", {{"name", "no_such_tool"}});
  const std::string page = text();
  EXPECT_EQ(value(page, series("gen_ai_tool_name=\"get_risk\",")), 3);
  EXPECT_EQ(value(page, series("error_type=\"-32602\",")), 1);
  EXPECT_EQ(page.find("no_such_tool"), std::string::npos) << "a client must not make series";
  EXPECT_EQ(value(page, "govhost_content_documents{kind=\"risk\"}"), 14);
  EXPECT_EQ(value(page, "govhost_source_breaker_state{source=\"starter\",state=\"closed\"}"), 1);
  EXPECT_GT(value(page, "process_resident_memory_bytes"), 1e6);
  EXPECT_NEAR(value(page, "process_start_time_seconds"), static_cast<double>(::time(nullptr)), 600);
}

TEST_F(MetricsTest, EveryRequestOfAPluginIsMeasuredAndRecorded) {
  Upstream upstream([](const Upstream::Request&) { return Upstream::Answer{503}; });
  start("", "[[source]]\nplugin = \"archive\"\nname = \"far\"\nrequired = false\ngrants = [\"" +
                upstream.url() + "\"]\noptions = {url = \"" + upstream.url("/c.tar.gz?key=secret") +
                "\"}\n[audit]\ndir = \"audit\"\n[egress]\nallow_networks = [\"127.0.0.0/8\"]\n");
  const std::string page = text();
  const double asked = value(
      page, "govhost_source_fetch_duration_seconds_count{source=\"far\",outcome=\"http_5xx\"}");
  EXPECT_GE(asked, 1);
  EXPECT_EQ(value(page, "govhost_content_stale{source=\"far\"}"), 1);
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0);
  std::string trail;
  for (const auto& entry : fs::directory_iterator(folder.path() / "audit"))
    if (entry.path().filename().string().starts_with("audit-")) trail += read(entry.path());
  std::size_t recorded = 0;
  std::istringstream lines(trail);
  for (std::string line; std::getline(lines, line);) {
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object() || record["action"] != "egress.request") continue;
    ++recorded;
    EXPECT_EQ(record["target"], "GET 127.0.0.1/c.tar.gz");
    EXPECT_EQ(record["principal"], "source far");
    EXPECT_EQ(record["outcome"], "error");
    EXPECT_EQ(record["reason"], "http_5xx");
  }
  EXPECT_EQ(recorded, upstream.count());
  EXPECT_EQ(trail.find("key=secret"), std::string::npos) << "a query may hold a credential";
}

TEST_F(MetricsTest, AreForThisMachineAloneWithoutAToken) {
  const fs::path config = folder.write(
      "govhost.toml",
      "[[transport]]\nplugin = \"http\"\noptions.listen = \"127.0.0.1:0\"\n[search]\nplugin = "
      "\"memory\"\n[ops]\nlisten = \"0.0.0.0:0\"\n[[source]]\nplugin = \"starter\"\n");
  Process server({binary(), "serve", "--config", config.string()});
  const auto line = server.wait_error_line("\"ops.listening\"");
  ASSERT_TRUE(line && server.wait_error_line("\"serve.ready\""));
  const std::string endpoint = Json::parse(*line)["endpoint"];
  HttpConnection ops(
      static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
  const HttpAnswer answer = ops.request("GET", "/metrics", {{"Host", "127.0.0.1"}}, "");
  EXPECT_EQ(answer.status, 403);
  EXPECT_NE(answer.body.find("ops.metrics_token"), std::string::npos);
  EXPECT_EQ(ops.request("GET", "/livez", {{"Host", "127.0.0.1"}}, "").status, 200);
}

TEST_F(MetricsTest, WithATokenAreForWhoeverHasIt) {
  folder.write("token", std::string(kToken) + "\n");
  start("metrics_token = \"file:" + (folder.path() / "token").string() + "\"\n");
  const HttpAnswer none = get();
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.headers.count("www-authenticate"), 1u);
  for (const std::string& bad :
       {std::string("Bearer "), std::string("Bearer x"), std::string(kToken),
        "Bearer " + std::string(kToken) + "x", "Basic " + std::string(kToken)})
    EXPECT_EQ(get({{"Authorization", bad}}).status, 401) << bad;
  const HttpAnswer good = get({{"Authorization", "Bearer " + std::string(kToken)}});
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body.find(kToken), std::string::npos);
  // Another one counts from the next request on; without any nobody is let in.
  folder.write("token", "c4n4ry-rotated");
  EXPECT_EQ(get({{"Authorization", "Bearer c4n4ry-rotated"}}).status, 200);
  EXPECT_EQ(get({{"Authorization", "Bearer " + std::string(kToken)}}).status, 401);
  fs::remove(folder.path() / "token");
  for (const char* bearer : {"Bearer c4n4ry-rotated", "Bearer ", "Bearer"})
    EXPECT_EQ(get({{"Authorization", bearer}}).status, 401) << bearer;
  EXPECT_TRUE(client->process().wait_error_line("ops.token_unreadable"));
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0);
  EXPECT_EQ(client->process().error_text().find(kToken), std::string::npos);
}

TEST_F(MetricsTest, ATokenThatIsNoneIsFoundByConfigCheck) {
  folder.write("empty", "");
  for (const std::string file : {"empty", "missing"}) {
    const fs::path config = folder.write(
        "govhost.toml",
        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\nplugin = "
        "\"starter\"\n[ops]\nmetrics_token = \"file:" +
            (folder.path() / file).string() + "\"\n");
    const Outcome outcome = run({binary(), "config", "check", "--config", config.string()});
    EXPECT_EQ(outcome.exit_code, 2) << file;
    EXPECT_NE((outcome.out + outcome.err).find("ops.metrics_token: "), std::string::npos)
        << outcome.out << outcome.err;
  }
}

}  // namespace
}  // namespace govhost::test
