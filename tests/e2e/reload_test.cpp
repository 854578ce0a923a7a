// The configuration is replaced while clients are served: no call fails, and a faulty one changes
// nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const std::string& text) {
  Process process({"sha256sum"});
  process.write(text);
  process.close_input();
  return process.read_all().substr(0, 64);
}

class Reload : public testing::Test {
 protected:
  Reload() {
    folder.write("bank/docs/_policies/po-1_lending.md",
                 "---\ntitle: Lending by machines\nmitigates: [ri-10]\n---\n\n## Purpose\n\nOf "
                 "zebrafinch lending.\n");
  }

  static std::string source(const std::string& more = "") {
    return "[[source]]\nname = \"bank\"\nplugin = \"directory\"\noptions.path = \"bank\"\nrules = "
           "[{kind = \"policy\", match = \"docs/_policies/po-*.md\", prefix = \"po-\"}]\n" +
           more;
  }
  void write(const std::string& more, const std::string& host = "") const {
    folder.write("next.toml",
                 "[host]\n" + host +
                     "[ops]\nlisten = \"127.0.0.1:0\"\ncontrol = \"c.sock\"\n[audit]\ndir = "
                     "\"audit\"\n[[transport]]\nplugin = \"http\"\noptions.listen = "
                     "\"127.0.0.1:0\"\n[[source]]\nplugin = \"starter\"\n" +
                     more);
    fs::rename(folder.path() / "next.toml", file);  // as editors and orchestrators do
  }
  void start(const std::string& more = "", const std::string& host = "") {
    write("[search]\nplugin = \"memory\"\n" + more, host);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", file.string()});
    const auto line = process->wait_error_line("\"transport.listening\"");
    const auto ops = process->wait_error_line("\"ops.listening\"", std::chrono::milliseconds(0));
    ASSERT_TRUE(line && ops && process->wait_error_line("\"search.indexed\""))
        << process->error_text();
    port = port_of(Json::parse(*line)["endpoint"].get<std::string>());
    ops_port = port_of(Json::parse(*ops)["endpoint"].get<std::string>());
  }
  Outcome reload(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {binary(), "reload", "--config", file.string(), "--socket",
                               (folder.path() / "c.sock").string()});
    return run(more);
  }
  // Puts it in force.
  void now(const std::string& more, const std::string& search = "[search]\nplugin = \"memory\"\n") {
    write(search + more);
    const Outcome outcome = reload();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  }
  void expect_rejected(const std::string& more, const std::string& why,
                       const std::string& host = "") {
    write("[search]\nplugin = \"memory\"\n" + more, host);
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.exit_code, 2) << more << outcome.out;
    EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("nothing was changed"), std::string::npos) << outcome.err;
  }

  static HttpAnswer ask(HttpConnection& http, const std::string& tool, const Json& arguments,
                        const std::string& token = {}) {
    HeaderList headers = {{"Host", "127.0.0.1"},
                          {"Content-Type", "application/json"},
                          {"Accept", "application/json, text/event-stream"}};
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
    return http.request("POST", "/mcp", headers,
                        Json{{"jsonrpc", "2.0"},
                             {"id", 1},
                             {"method", "tools/call"},
                             {"params", {{"name", tool}, {"arguments", arguments}}}}
                            .dump());
  }
  HttpAnswer ask(const std::string& tool, const Json& arguments = Json::object(),
                 const std::string& token = {}) const {
    HttpConnection http(port);
    return ask(http, tool, arguments, token);
  }
  // Whether search finds the bank's policy.
  bool finds(const std::string& token = {}) const {
    const HttpAnswer answer = ask("search", {{"query", "zebrafinch"}}, token);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body.find("Lending by machines") != std::string::npos;
  }
  std::string metrics() const {
    HttpConnection ops(ops_port);
    return ops.request("GET", "/metrics", {{"Host", "127.0.0.1"}}, "").body;
  }
  static std::string token_auth(const std::vector<std::string>& ids) {
    std::string out = "[[auth]]\nplugin = \"token\"\n";
    for (const std::string& id : ids)
      out += "[[auth.options.tokens]]\nid = \"" + id + "\"\nsha256 = \"" +
             digest_of("c4n4ry-" + id) + "\"\nscopes = [\"" + id + "\"]\n";
    return out;
  }

  const TempDir folder;
  const fs::path file = folder.path() / "govhost.toml";
  std::unique_ptr<Process> process;
  std::uint16_t port = 0, ops_port = 0;
};

TEST_F(Reload, WhatDiffersIsShownAndPutInForce) {
  start();
  write("[search]\nplugin = \"memory\"\n[[limit]]\nkey = \"address\"\nrate = \"1/h\"\n",
        "log_level = \"debug\"\n");
  Outcome outcome = reload({"--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("host.log_level: \"info\" -> \"debug\"  # govhost.toml:2"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("limit.0.rate: (none) -> \"1/h\""), std::string::npos) << outcome.out;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("list_risks").status, 200) << "nothing is in force yet";
  const std::string before = metrics();
  outcome = reload({"--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json report = Json::parse(outcome.out);
  EXPECT_EQ(report["ok"], true);
  EXPECT_EQ(report["changes"][0]["key"], "host.log_level");
  EXPECT_EQ(ask("list_risks").status, 200);
  EXPECT_EQ(ask("list_risks").status, 429);
  const auto hash = [](const std::string& text) {
    return text.substr(text.find("govhost_config_info{"), 50);
  };
  EXPECT_NE(hash(before), hash(metrics()));
  EXPECT_NE(reload().out.find("nothing has changed"), std::string::npos);
  EXPECT_EQ(ask("list_risks").status, 429) << "what he used up stays used up";
}

TEST_F(Reload, OnASignalToo) {
  start();
  write(source());
  process->signal(SIGHUP);
  const auto line = process->wait_error_line("\"config.reloaded\"");
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("SIGHUP"), std::string::npos) << *line;
  EXPECT_NE(ask("search", {{"query", "zebrafinch"}}).body.find("\"isError\":true"),
            std::string::npos);
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 0);
  const Outcome found = run({binary(), "audit", "search", "--action", "config.reload",
                             (folder.path() / "audit").string()});
  EXPECT_NE(found.out.find("config.reload"), std::string::npos) << found.out << found.err;
}

TEST_F(Reload, AWatchedFileIsPutInForceWhenItIsWritten) {
  start("", "watch_config = true\n");
  write("[search]\nplugin = \"memory\"\n" + source(), "watch_config = true\n");
  const auto line = process->wait_error_line("\"config.reloaded\"");
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("the file has changed"), std::string::npos) << *line;
  EXPECT_TRUE(finds());
}

TEST_F(Reload, SourcesComeAndGo) {
  start();
  EXPECT_FALSE(finds());
  now(source());
  EXPECT_TRUE(finds());
  // Of the same name, from elsewhere.
  folder.write("other/docs/_policies/po-1_lending.md",
               "---\ntitle: Lending by machines\n---\n\n## Purpose\n\nOf quokka lending.\n");
  std::string elsewhere = source();
  elsewhere.replace(elsewhere.find("path = \"bank\""), 13, "path = \"other\"");
  now(elsewhere);
  EXPECT_FALSE(finds());
  EXPECT_NE(ask("search", {{"query", "quokka"}}).body.find("Lending"), std::string::npos);
  now("");
  EXPECT_FALSE(finds());
}

TEST_F(Reload, WhoMaySeeASourceChangesAtOnce) {
  const std::string auth = token_auth({"clerk", "banker"});
  start(auth + source());
  EXPECT_EQ(ask("list_risks").status, 401);
  EXPECT_TRUE(finds("c4n4ry-clerk"));
  now(auth + source("required_scopes = [\"banker\"]\n"));
  EXPECT_FALSE(finds("c4n4ry-clerk"));
  EXPECT_TRUE(finds("c4n4ry-banker"));
  EXPECT_EQ(ask("compare_snapshots", Json::object(), "c4n4ry-clerk").body.find("Lending"),
            std::string::npos);
  // Another rule in its place, which is about others.
  now(auth + source() + "[[policy.restriction]]\nkinds = [\"risk\"]\nscopes = [\"clerk\"]\n");
  EXPECT_TRUE(finds("c4n4ry-clerk"));
  EXPECT_TRUE(finds("c4n4ry-banker"));
  EXPECT_NE(ask("list_risks", Json::object(), "c4n4ry-banker").body.find("\"total_count\":0"),
            std::string::npos);
  EXPECT_EQ(ask("list_risks", Json::object(), "c4n4ry-clerk").body.find("\"total_count\":0"),
            std::string::npos);
}

TEST_F(Reload, WhoIsLetInAndWhatHeMayUse) {
  start(token_auth({"clerk", "banker"}));
  EXPECT_EQ(ask("list_risks", Json::object(), "c4n4ry-banker").status, 200);
  now(token_auth({"clerk"}));
  EXPECT_EQ(ask("list_risks", Json::object(), "c4n4ry-banker").status, 401);
  now(token_auth({"clerk"}) + "[[policy.rule]]\nscopes = [\"clerk\"]\ntools = [\"get_*\"]\n");
  EXPECT_EQ(ask("list_risks", Json::object(), "c4n4ry-clerk").status, 403);
  now("");
  EXPECT_EQ(ask("list_risks").status, 200) << "nobody is asked who he is any more";
}

TEST_F(Reload, ClientsHearThatWhatTheyMayUseHasChanged) {
  const std::string policy = "[policy]\nlocal_scopes = [\"clerk\"]\n";
  const std::string rule =
      "[[policy.rule]]\nscopes = [\"clerk\"]\ntools = [\"get_*\"]\nprompts = [\"*\"]\n";
  write("[search]\nplugin = \"memory\"\n" + policy);
  process = std::make_unique<Process>(
      std::vector<std::string>{binary(), "serve", "--stdio", "--config", file.string()});
  const auto tools = [&](int id) {
    process->write(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"tools/list"})" +
                   "\n");
    return Json::parse(process->read_line().value_or("null"))["result"]["tools"].size();
  };
  process->write(
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
      R"("capabilities":{},"clientInfo":{"name":"t","version":"1"}}})"
      "\n");
  ASSERT_TRUE(process->read_line());
  process->write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
  const auto all = tools(2);
  ASSERT_TRUE(process->wait_error_line("control.listening"));
  now(policy + rule);
  for (const char* what : {"tools", "prompts", "resources"}) {
    const auto told = process->read_line();
    ASSERT_TRUE(told);
    EXPECT_EQ(Json::parse(*told)["method"], "notifications/" + std::string(what) + "/list_changed");
  }
  EXPECT_LT(tools(3), all);
  now("\n" + policy + rule);  // elsewhere in the file
  EXPECT_LT(tools(4), all) << "and nothing was told";
}

TEST_F(Reload, OfSearch) {
  start(source());
  folder.write("words.toml", "[[concept]]\nterms = [\"chattel\", \"zebrafinch\"]\n");
  const std::string words = "[search]\nplugin = \"memory\"\nthesaurus = \"words.toml\"\n";
  now(source(), words);
  const auto finds_by = [&](const std::string& word) {
    return ask("search", {{"query", word}}).body.find("Lending by machines") != std::string::npos;
  };
  EXPECT_TRUE(finds_by("chattel"));
  folder.write("words.toml", "[[concept]]\nterms = [\"ewer\", \"zebrafinch\"]\n");
  now(source(), words);
  EXPECT_TRUE(finds_by("ewer")) << "the same file, with other words in it";
  EXPECT_FALSE(finds_by("chattel"));
  now(source(), "");
  EXPECT_NE(ask("search", {{"query", "zebrafinch"}}).body.find("\"isError\":true"),
            std::string::npos);
  now(source());
  EXPECT_TRUE(finds());
}

TEST_F(Reload, AFaultyConfigurationChangesNothing) {
  start(source());
  const std::string bank = source();
  expect_rejected(bank + "[[limit]]\nkey = \"adress\"\nrate = \"1/s\"\n", "limit.0.key");
  expect_rejected(bank + "not toml", "govhost.toml");
  expect_rejected(bank +
                      "[[source]]\nname = \"x\"\nplugin = \"directory\"\noptions.path = "
                      "\"nowhere\"\n",
                  "nowhere");
  expect_rejected(bank + "[[source]]\nname = \"x\"\nplugin = \"directry\"\n", "directry");
  expect_rejected(bank + "[[limit]]\nkey = \"principal\"\nrate = \"1/s\"\ncost = {serch = 2}\n",
                  "did you mean search?");
  expect_rejected(bank + "[policy]\nrevoked_file = \"nowhere\"\n", "policy.revoked_file");
  fs::create_directories(folder.path() / "empty");
  expect_rejected(bank +
                      "[[source]]\nname = \"x\"\nplugin = \"directory\"\noptions.path = "
                      "\"empty\"\n",
                  "empty");
  EXPECT_TRUE(finds());
  EXPECT_NE(metrics().find("govhost_config_last_reload_successful 0"), std::string::npos);
  now(bank);
  EXPECT_NE(metrics().find("govhost_config_last_reload_successful 1"), std::string::npos);
  EXPECT_TRUE(finds());
}

TEST_F(Reload, WhatNeedsARestartIsNamed) {
  start();
  expect_rejected("", "govhost.toml:2: host.threads: a change is in force after a restart only",
                  "threads = 3\n");
  expect_rejected("[egress]\ntimeout = \"5s\"\n", "egress.timeout");
  expect_rejected(
      "[[transport]]\nname = \"second\"\nplugin = \"http\"\noptions.listen = "
      "\"127.0.0.1:0\"\n",
      "transport.second.plugin");
}

TEST_F(Reload, NoCallFailsUnderLoad) {
  const std::string auth = token_auth({"clerk"});
  start(auth + source());
  std::atomic<bool> over{false};
  std::atomic<int> calls{0};
  std::mutex mutex;
  std::vector<std::string> failed;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      HttpConnection http(port);
      while (!over) {
        const HttpAnswer answer =
            i % 2 == 0 ? ask(http, "search", {{"query", "prompt injection"}}, "c4n4ry-clerk")
                       : ask(http, "list_risks", Json::object(), "c4n4ry-clerk");
        ++calls;
        if (answer.status == 200 && answer.body.find("\"isError\":true") == std::string::npos)
          continue;
        const std::lock_guard lock(mutex);
        failed.push_back(std::to_string(answer.status) + " " + answer.body);
      }
    });
  const std::vector<std::string> configurations = {
      auth,
      auth + source("required_scopes = [\"banker\"]\n"),
      token_auth({"clerk", "banker"}) + source(),
      auth + source() + "[[limit]]\nkey = \"principal\"\nrate = \"1000000/s\"\nburst = 100000\n",
      auth + source() + "[[policy.restriction]]\nkinds = [\"policy\"]\nscopes = [\"banker\"]\n",
  };
  for (int round = 0; round < 4; ++round)
    for (const std::string& each : configurations)
      now(each, round % 2 == 0 ? "[search]\nplugin = \"memory\"\n"
                               : "[search]\nplugin = \"memory\"\nbuiltin_thesaurus = false\n");
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(calls, 100);
  EXPECT_TRUE(failed.empty()) << failed.size() << " of " << calls << ": " << failed.front();
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(), 0) << process->error_text();
}

}  // namespace
}  // namespace govhost::test
