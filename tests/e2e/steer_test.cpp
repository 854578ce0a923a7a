// What an on-call engineer asks a running server over its control socket.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class Steer : public testing::Test {
 protected:
  void start(const std::string& more = "") {
    const fs::path config =
        folder.write("govhost.toml",
                     "[ops]\nlisten = \"127.0.0.1:0\"\ncontrol = \"c.sock\"\n[audit]\ndir = "
                     "\"audit\"\n[[transport]]\nplugin = \"http\"\noptions.listen = "
                     "\"127.0.0.1:0\"\n[search]\nplugin = \"memory\"\n" +
                         more);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", config.string()});
    const auto line = process->wait_error_line("\"transport.listening\"");
    const auto ops = process->wait_error_line("\"ops.listening\"", std::chrono::milliseconds(0));
    ASSERT_TRUE(line && ops && process->wait_error_line("\"search.indexed\"") &&
                process->wait_error_line("\"serve.ready\""))
        << process->error_text();
    http = std::make_unique<HttpConnection>(
        port_of(Json::parse(*line)["endpoint"].get<std::string>()));
    ops_port = port_of(Json::parse(*ops)["endpoint"].get<std::string>());
  }
  Outcome steer(std::vector<std::string> words) const {
    words.insert(words.begin(), binary());
    words.insert(words.end(), {"--socket", (folder.path() / "c.sock").string()});
    return run(words);
  }
  Json json_of(std::vector<std::string> words) const {
    words.emplace_back("--json");
    return Json::parse(steer(std::move(words)).out, nullptr, false);
  }
  int call() {
    return http
        ->request(
            "POST", "/mcp",
            {{"Host", "127.0.0.1"},
             {"Content-Type", "application/json"},
             {"Accept", "application/json, text/event-stream"}},
            R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})")
        .status;
  }
  HttpAnswer ready() const {
    HttpConnection ops(ops_port);
    return ops.request("GET", "/readyz", {{"Host", "127.0.0.1"}}, "");
  }

  const std::string starter = "[[source]]\nplugin = \"starter\"\n";
  const TempDir folder;
  std::unique_ptr<Process> process;
  std::unique_ptr<HttpConnection> http;
  std::uint16_t ops_port = 0;
};

TEST_F(Steer, StatusIsOneLook) {
  start(starter);
  const Outcome outcome = steer({"status"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  for (const char* part :
       {": ready", "34 documents", "log level info", "govhost.toml", "search: ok"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << " in " << outcome.out;
  const Json status = json_of({"status"});
  EXPECT_EQ(status["ready"], true);
  EXPECT_EQ(status["stage"], "ready");
  EXPECT_EQ(status["documents"], 34);
  EXPECT_EQ(status["conditions"], Json::array());
  EXPECT_EQ(steer({"status", "--ready"}).exit_code, 0);
}

TEST_F(Steer, StatusNamesWhatIsWrongAndItsRunbook) {
  folder.write("docs/_risks/ri-1_x.md", "---\ntitle: X\n---\nText.\n");
  start(
      "[[source]]\nname = \"bank\"\nplugin = \"directory\"\noptions.path = \"docs\"\nrefresh = "
      "\"1h\"\nbreaker = {failures = 1, open = \"1h\"}\n");
  fs::remove_all(folder.path() / "docs");
  steer({"content", "sync", "--config", (folder.path() / "govhost.toml").string()});
  run({binary(), "content", "sync", "--config", (folder.path() / "govhost.toml").string()});
  const Outcome outcome = steer({"status"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("degraded"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("GovhostContentStale"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("runbooks/content-stale.md"), std::string::npos) << outcome.out;
  const Outcome errors = steer({"errors"});
  EXPECT_EQ(errors.exit_code, 0);
  EXPECT_NE(errors.out.find("content.source_failed"), std::string::npos) << errors.out;
  EXPECT_NE(errors.out.find("source=bank"), std::string::npos) << errors.out;
}

TEST_F(Steer, ADrainedServerIsNotReadyAndServes) {
  start(starter);
  EXPECT_EQ(ready().status, 200);
  EXPECT_EQ(steer({"drain"}).exit_code, 0);
  EXPECT_EQ(ready().status, 503);
  EXPECT_EQ(ready().body, "drained\n");
  EXPECT_EQ(call(), 200);
  EXPECT_EQ(steer({"status", "--ready"}).exit_code, 1);
  EXPECT_NE(steer({"status"}).out.find("NOT READY (drained)"), std::string::npos);
  EXPECT_EQ(steer({"drain", "--end"}).exit_code, 0);
  EXPECT_EQ(ready().status, 200);
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 0);
  const Outcome trail = run({binary(), "audit", "search", "--action", "drain", "--json",
                             (folder.path() / "audit").string()});
  EXPECT_NE(trail.out.find("\"drain\""), std::string::npos) << trail.out << trail.err;
}

TEST_F(Steer, ALogLevelGoesBackByItself) {
  start(starter);
  EXPECT_EQ(steer({"loglevel", "debug", "--for", "1s"}).exit_code, 0);
  EXPECT_EQ(json_of({"status"})["log_level"], "debug");
  ASSERT_TRUE(process->wait_error_line("log.level_restored"));
  EXPECT_EQ(json_of({"status"})["log_level"], "info");
  const Outcome bad = steer({"loglevel", "loud"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_NE(bad.err.find("trace, debug, info, warn or error"), std::string::npos) << bad.err;
  EXPECT_EQ(steer({"loglevel", "debug", "--for", "soon"}).exit_code, 64);
  EXPECT_EQ(steer({"loglevel", "debug", "--for", "25h"}).exit_code, 2);
}

TEST_F(Steer, TopCountsByTool) {
  start(starter);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call(), 200);
  ASSERT_TRUE(process->wait_error_line("request.done"));
  const Outcome top = steer({"top", "--once"});
  EXPECT_EQ(top.exit_code, 0) << top.err;
  EXPECT_NE(top.out.find("list_risks"), std::string::npos) << top.out;
  // The last one is counted a moment after its client has the answer.
  Json rows;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  do rows = json_of({"top", "--once"})["calls"];
  while ((rows.empty() || rows[0]["count"] < 3) && std::chrono::steady_clock::now() < until);
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0]["tool"], "list_risks");
  EXPECT_EQ(rows[0]["count"], 3);
  EXPECT_GT(rows[0]["p99_s"].get<double>(), 0);
}

TEST_F(Steer, ASupportBundleHoldsNoSecret) {
  folder.write("keys", "c4n4ry-keys-of-a-support-bundle");
  start(starter + "[host]\nkeys = [\"file:" + (folder.path() / "keys").string() + "\"]\n");
  const std::string file = (folder.path() / "support.tar.gz").string();
  const std::vector<std::string> make = {"support-bundle", "-o", file, "--config",
                                         (folder.path() / "govhost.toml").string()};
  const Outcome made = steer(make);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(steer(make).exit_code, 1) << "nothing is written over";
  const Outcome listed = run({"tar", "tzf", file});
  for (const char* name : {"status.json", "metrics.txt", "errors.jsonl", "config.json",
                           "checks.json", "machine.txt", "README.txt"})
    EXPECT_NE(listed.out.find(name), std::string::npos) << listed.out;
  EXPECT_EQ(steer({"support-bundle", "--list"}).exit_code, 0);
  EXPECT_EQ(run({"tar", "xzOf", file}).out.find("c4n4ry"), std::string::npos);
  EXPECT_EQ(fs::status(file).permissions() & fs::perms::mask, fs::perms(0600));
}

TEST_F(Steer, NobodyThere) {
  EXPECT_EQ(steer({"status"}).exit_code, 4);
  EXPECT_EQ(steer({"errors"}).exit_code, 4);
}

}  // namespace
}  // namespace govhost::test
