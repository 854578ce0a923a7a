// Copies of the audit trail at a collector over HTTP and at a syslog server over TLS, both of the
// test's own.
#include <gtest/gtest.h>

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <regex>
#include <set>

#include "support/client.h"
#include "support/files.h"
#include "support/tls_listener.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class AuditSinks : public testing::Test {
 protected:
  void start(const std::string& sink, const std::string& more = "") {
    const auto config = folder.write(
        "govhost.toml",
        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\nplugin = "
        "\"starter\"\n" +
            more + "[audit]\ndir = \"audit\"\n[[audit.sink]]\nname = \"siem\"\n" + sink);
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  // Lines of the trail after the end of the server.
  std::vector<std::string> trail() {
    client->process().signal(SIGTERM);
    EXPECT_EQ(client->process().wait(), 0);
    std::vector<std::string> out;
    std::ifstream stream(folder.path() / "audit/audit-000000000001.jsonl");
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
  }
  std::string health() {
    HttpConnection ops(client->ops_port());
    return ops.request("GET", "/readyz?verbose", {{"Host", "127.0.0.1"}}, "").body;
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

TEST_F(AuditSinks, ACollectorGetsEveryRecordAsAnEvent) {
  ::setenv("GOVHOST_TEST_HEC", "c4n4ry-hec-token", 1);
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<Json> events;
  std::vector<std::string> authorizations;
  bool down = true;
  Upstream collector([&](const Upstream::Request& request) -> Upstream::Answer {
    const std::lock_guard lock(mutex);
    if (down) return {503, "busy"};
    authorizations.push_back(request.header("authorization"));
    std::istringstream body(request.body);
    for (std::string line; std::getline(body, line);) events.push_back(Json::parse(line));
    arrived.notify_all();
    return {200, R"({"text":"Success","code":0})"};
  });
  start("kind = \"http\"\nurl = \"" + collector.url("/services/collector/event") +
        "\"\ntoken = \"env:GOVHOST_TEST_HEC\"\n");
  client->structured("list_risks");
  EXPECT_TRUE(client->process().wait_error_line("audit.sink_failed"));
  EXPECT_NE(health().find(R"("name":"audit sink siem","status":"failed")"), std::string::npos)
      << health();
  EXPECT_EQ(client->structured("list_risks")["total_count"], 14) << "calls go on";
  {
    const std::lock_guard lock(mutex);
    down = false;
  }
  EXPECT_TRUE(client->process().wait_error_line("audit.sink_recovered"));
  // Everything until then; what comes with the end is sent after the next start.
  client->structured("list_mitigations");
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(arrived.wait_for(lock, kPatience, [&] {
      return std::any_of(events.begin(), events.end(), [](const Json& event) {
        return event["event"].value("target", "") == "list_mitigations";
      });
    }));
  }
  const auto lines = trail();
  const std::lock_guard lock(mutex);
  ASSERT_LE(events.size(), lines.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i]["event"], Json::parse(lines[i])) << "in order, once, unchanged";
    EXPECT_EQ(events[i]["sourcetype"], "govhost:audit");
    EXPECT_GT(events[i]["time"].get<double>(), 1.7e9);
  }
  for (const std::string& each : authorizations) EXPECT_EQ(each, "Splunk c4n4ry-hec-token");
  EXPECT_EQ(client->process().error_text().find("c4n4ry"), std::string::npos);
}

TEST_F(AuditSinks, SyslogOverTlsGetsMessagesOfRfc5424) {
  const Certificate certificate = make_certificate("siem");
  folder.write("siem.crt", certificate.cert);
  TlsListener siem(certificate);
  start("kind = \"syslog\"\naddress = \"localhost:" + std::to_string(siem.port()) +
        "\"\nca_file = \"siem.crt\"\n");
  client->structured("list_risks");
  siem.wait_for("\"target\":\"list_risks\"");
  siem.hang_up();
  client->structured("list_mitigations");
  const std::string said = siem.wait_for("\"target\":\"list_mitigations\"");
  const auto lines = trail();

  // Frames of RFC 5425: the length in bytes, a blank, the message.
  const std::regex head(
      R"(<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ govhost \d+ audit - (.*))");
  std::set<int> seen;
  for (std::size_t at = 0; at < said.size();) {
    const std::size_t blank = said.find(' ', at);
    const std::size_t length = std::stoul(said.substr(at, blank - at));
    if (blank + 1 + length > said.size()) break;  // of the connection that was hung up
    const std::string message = said.substr(blank + 1, length);
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(message, parts, head)) << message;
    const Json record = Json::parse(parts[1].str());
    EXPECT_EQ(parts[1], lines[record["seq"].get<std::size_t>() - 1]);
    seen.insert(record["seq"].get<int>());
    at = blank + 1 + length;
  }
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(*seen.begin(), 1);
  EXPECT_EQ(*seen.rbegin(), static_cast<int>(seen.size())) << "none is missing";
}

// Each looks at how far the others are, also while they end.
TEST_F(AuditSinks, SeveralEndTogether) {
  Upstream collector([](const Upstream::Request&) -> Upstream::Answer { return {200, "{}"}; });
  const std::string to = "kind = \"http\"\nurl = \"" + collector.url() + "\"\n";
  std::string sinks = to;
  for (const char* name : {"two", "three", "four"})
    sinks += std::string("[[audit.sink]]\nname = \"") + name + "\"\n" + to;
  for (int i = 0; i < 5; ++i) {
    start(sinks);
    for (int n = 0; n < 20; ++n) client->structured("list_risks");
    client->process().signal(SIGTERM);
    EXPECT_EQ(client->process().wait(), 0) << client->process().error_text();
  }
}

TEST_F(AuditSinks, ACertificateOfAnotherIsNotTrusted) {
  TlsListener siem(make_certificate("siem"));
  folder.write("other.crt", make_certificate("other").cert);
  start("kind = \"syslog\"\naddress = \"localhost:" + std::to_string(siem.port()) +
        "\"\nca_file = \"other.crt\"\n");
  const auto line = client->process().wait_error_line("audit.sink_failed");
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("certificate"), std::string::npos) << *line;
}

TEST_F(AuditSinks, MistakesAreNamed) {
  const auto problem = [&](const std::string& sink) {
    const auto config =
        folder.write("govhost.toml",
                     "[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = \"starter\"\n"
                     "[audit]\ndir = \"audit\"\n[[audit.sink]]\n" +
                         sink);
    const Outcome outcome = run({binary(), "config", "check", "--config", config.string()});
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  EXPECT_NE(problem("name = \"a\"\nkind = \"http\"\n").find("url: is required of kind http"),
            std::string::npos);
  EXPECT_NE(
      problem("name = \"a\"\nkind = \"syslog\"\n").find("address: is required of kind syslog"),
      std::string::npos);
  EXPECT_NE(problem("name = \"a\"\nkind = \"http\"\nurl = \"https://x/\"\ntoken = \"c4n4ry\"\n")
                .find("must name a secret"),
            std::string::npos);
  EXPECT_NE(problem("name = \"a\"\nkind = \"http\"\nurl = \"https://x/\"\n[[audit.sink]]\nname = "
                    "\"a\"\nkind = \"http\"\nurl = \"https://y/\"\n")
                .find("is taken by another sink"),
            std::string::npos);
}

}  // namespace
}  // namespace govhost::test
