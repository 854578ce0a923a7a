// The audit trail of a running server: who did what, through kills and disks that fail, and what an
// auditor can show with the files and a public key.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class Audit : public testing::Test {
 protected:
  Audit() {
    EXPECT_EQ(
        run({"openssl", "genpkey", "-algorithm", "ed25519", "-out", file("key.pem")}).exit_code, 0);
    EXPECT_EQ(
        run({"openssl", "pkey", "-in", file("key.pem"), "-pubout", "-out", file("key.pub.pem")})
            .exit_code,
        0);
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  // `audit`: keys beside dir and signing_key.
  void start(const std::string& audit = "", const std::string& more = "") {
    config = folder
                 .write("govhost.toml",
                        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n"
                        "[[source]]\nplugin = \"starter\"\n[ops]\ncontrol = \"control.sock\"\n"
                        "[audit]\ndir = \"audit\"\nsigning_key = \"file:" +
                            file("key.pem") + "\"\n" + audit + more)
                 .string();
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config});
  }
  void stop() {
    client->process().signal(SIGTERM);
    EXPECT_EQ(client->process().wait(), 0);
  }
  Outcome verify(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command = {binary(),      "audit", "verify",
                                        file("audit"), "--pub", file("key.pub.pem")};
    command.insert(command.end(), more.begin(), more.end());
    return run(command);
  }
  std::vector<Json> records(const std::string& action = "tools/call") const {
    std::vector<Json> out;
    for (const auto& entry : fs::directory_iterator(file("audit"))) {
      if (!entry.path().filename().string().starts_with("audit-")) continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        const Json record = Json::parse(line, nullptr, false);
        if (record.is_object() && record["action"] == action) out.push_back(record);
      }
    }
    return out;
  }
  Json get_risk() const {
    return {
        {"jsonrpc", "2.0"},
        {"id", 7},
        {"method", "tools/call"},
        {"params", client->envelope({{"name", "get_risk"}, {"arguments", {{"risk_id", "ri-1"}}}})}};
  }

  const TempDir folder;
  std::string config;
  std::unique_ptr<Client> client;
};

TEST_F(Audit, EachCallIsALineAndTheWholeCanBeChecked) {
  start();
  Json traced = get_risk();
  traced["params"]["_meta"]["traceparent"] =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const HttpAnswer answer = client->post(traced, {{"X-Correlation-ID", "case-4711"}});
  ASSERT_EQ(answer.status, 200);
  EXPECT_TRUE(
      client->process().wait_error_line(R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736")"));
  client->structured("search", {{"query", "c4n4ry the client list of Mr Smith"}});
  client->request("tools/call", {{"name", "no_such_tool"}});
  EXPECT_EQ(run({binary(), "content", "sync", "--config", config}).exit_code, 0);
  stop();
  const auto calls = records();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[0]["target"], "get_risk");
  EXPECT_EQ(calls[0]["outcome"], "ok");
  EXPECT_EQ(calls[0]["correlation_id"], "case-4711");
  EXPECT_EQ(calls[0]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_FALSE(calls[1].contains("trace_id"));
  EXPECT_EQ(calls[0]["transport"], "http");
  EXPECT_EQ(calls[0]["snapshot"].get<std::string>().size(), 64u);
  EXPECT_EQ(calls[0]["bytes"], answer.body.size());
  EXPECT_EQ(calls[2]["outcome"], "error");
  EXPECT_EQ(records("start").size(), 1u);
  EXPECT_EQ(records("stop").size(), 1u);
  EXPECT_EQ(records("content.sync").size(), 1u) << "what operators do is recorded too";
  for (const auto& entry : fs::directory_iterator(file("audit"))) {
    std::ifstream stream(entry.path());
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(text.find("c4n4ry"), std::string::npos) << "arguments are a digest";
  }
  const Outcome verdict = verify();
  EXPECT_EQ(verdict.exit_code, 0) << verdict.out << verdict.err;
  EXPECT_EQ(verdict.out.substr(0, 3), "OK ") << verdict.out;
  EXPECT_EQ(Json::parse(verify({"--json"}).out)["good"], true);
}

TEST_F(Audit, WhatItSaysCanBeSearchedCountedAndExplained) {
  start();
  client->post(get_risk(), {{"X-Correlation-ID", "case-1"}});
  client->post(get_risk(), {{"X-Correlation-ID", "case-2"}});
  stop();
  const auto audit = [&](std::vector<std::string> words) {
    std::vector<std::string> command{binary(), "audit", words.front(), file("audit")};
    command.insert(command.end(), words.begin() + 1, words.end());
    return run(command);
  };
  const Outcome calls = audit({"search", "--action", "tools/call", "--json"});
  EXPECT_EQ(calls.exit_code, 0) << calls.err;
  EXPECT_EQ(std::count(calls.out.begin(), calls.out.end(), '\n'), 2);
  EXPECT_EQ(Json::parse(calls.out.substr(0, calls.out.find('\n')))["correlation_id"], "case-1");
  EXPECT_EQ(audit({"search", "--principal", "nobody"}).exit_code, 1);
  EXPECT_EQ(audit({"search", "--since", "2199-01-01"}).exit_code, 1);
  EXPECT_EQ(audit({"search", "--until", "2199-01-01", "--target", "get_risk"}).exit_code, 0);
  EXPECT_EQ(audit({"search", "--since", "yesterday"}).exit_code, 64);
  const Outcome last = audit({"tail", "--limit", "1"});
  EXPECT_NE(last.out.find("  ok  stop"), std::string::npos) << last.out;
  EXPECT_EQ(std::count(last.out.begin(), last.out.end(), '\n'), 1);
  EXPECT_NE(audit({"top", "--by", "target"}).out.find("2  get_risk\n"), std::string::npos);

  const Outcome explained = audit({"explain", "--id", "case-2"});
  const Json record = records()[1];
  for (const std::string& said :
       {std::string("tools/call get_risk  by anonymous from 127.0.0.1"),
        record["args_sha256"].get<std::string>(), record["snapshot"].get<std::string>(),
        std::string("govhost content show DOCUMENT --snapshot ")})
    EXPECT_NE(explained.out.find(said), std::string::npos) << said << explained.out;
  EXPECT_EQ(explained.out.find("case-1"), std::string::npos);
  EXPECT_EQ(audit({"explain", "--id", "case-3"}).exit_code, 1);

  // What a caller has named does not steer the reader's terminal, and a changed line is no crash.
  std::ofstream(file("audit") + "/audit-000000000001.jsonl", std::ios::app)
      << R"({"ts":7,"action":"x","target":"a\u001b[2J\u009b2J\nb","outcome":[]})"
      << "\n";
  const Outcome hostile = audit({"search", "--action", "x"});
  EXPECT_EQ(hostile.exit_code, 0) << hostile.err;
  EXPECT_NE(hostile.out.find("x a?[2J??2J?b  by"), std::string::npos) << hostile.out;
}

TEST_F(Audit, ACallerWhoIsTurnedAwayIsRecorded) {
  start("", "[[auth]]\nplugin = \"token\"\n[[auth.options.tokens]]\nid = \"reader\"\nsha256 = \"" +
                std::string(64, 'a') + "\"\nscopes = []\n");
  EXPECT_EQ(client->post(get_risk(), {{"Authorization", "Bearer c4n4ry-token"}}).status, 401);
  stop();
  const auto denied = records("message");
  ASSERT_GE(denied.size(), 1u);
  EXPECT_EQ(denied.back()["outcome"], "denied");
  EXPECT_EQ(denied.back()["reason"], "invalid_token");
  EXPECT_EQ(denied.back().dump().find("c4n4ry"), std::string::npos);
}

TEST_F(Audit, AChangedTrailIsExitCode3AndNamesTheRecord) {
  start();
  for (int i = 0; i < 5; ++i) client->call("list_risks");
  stop();
  const std::string trail = file("audit/audit-000000000001.jsonl");
  EXPECT_EQ(run({"sed", "-i", "3s/list_risks/get_riskss/", trail}).exit_code, 0);
  const Outcome changed = verify();
  EXPECT_EQ(changed.exit_code, 3);
  EXPECT_EQ(changed.out.substr(0, 19), "BROKEN at record 3:") << changed.out;
  // Nor is such a trail followed.
  EXPECT_EQ(run({"sed", "-i", "$s/stop/halt/", trail}).exit_code, 0);
  const Outcome refused = run({binary(), "serve", "--config", config});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("the last record is damaged"), std::string::npos) << refused.err;
}

TEST_F(Audit, AKilledProcessHasRecordedEveryAnswerThatItGave) {
  std::atomic<std::size_t> answered{0};
  for (std::size_t round = 0; round < 10; ++round) {
    start("fsync = \"each\"\n");
    // In the middle of whatever comes after so many answers.
    std::thread killer([&, pid = client->process().pid(), until = answered + 1 + 3 * round] {
      while (answered < until) std::this_thread::yield();
      ::kill(pid, SIGKILL);
    });
    HttpConnection http(client->port());
    for (const std::string body = get_risk().dump();;) {
      const HttpAnswer answer = http.request("POST", "/mcp",
                                             {{"Content-Type", "application/json"},
                                              {"Accept", "application/json, text/event-stream"},
                                              {"MCP-Protocol-Version", "2026-07-28"},
                                              {"Mcp-Method", "tools/call"},
                                              {"Mcp-Name", "get_risk"}},
                                             body);
      if (answer.status != 200) break;
      ++answered;
    }
    killer.join();
    EXPECT_EQ(client->process().wait(), 128 + SIGKILL);  // its lock is gone with it, not before
  }
  const Outcome verdict = verify();
  EXPECT_EQ(verdict.exit_code, 0) << verdict.out << verdict.err;
  EXPECT_GE(records().size(), answered);
  EXPECT_GT(answered, 10u);
}

TEST_F(Audit, OnAFullDiskNothingIsAnsweredAndNothingIsLost) {
  start("fsync = \"each\"\n");
  const int pid = client->process().pid();
  rlimit before{};
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, nullptr, &before), 0);
  const rlimit full{4000, before.rlim_max};
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &full, nullptr), 0);
  std::size_t answered = 0;
  HttpAnswer answer;
  while ((answer = client->post(get_risk())).status == 200 && answered < 1000) ++answered;
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_NE(answer.body.find("audit trail cannot be written"), std::string::npos) << answer.body;
  EXPECT_TRUE(client->process().wait_error_line("\"audit.failed\""));
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &before, nullptr), 0);
  EXPECT_TRUE(client->process().wait_error_line("\"audit.recovered\""));
  EXPECT_EQ(client->post(get_risk()).status, 200);
  stop();
  EXPECT_EQ(verify().exit_code, 0) << verify().out;
  EXPECT_GE(records().size(), answered + 1);
}

TEST_F(Audit, AFolderThatCannotBeWrittenStopsTheStart) {
  folder.write("blocked", "a file");
  const fs::path path = folder.write("bad.toml",
                                     "[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = "
                                     "\"starter\"\n[audit]\ndir = \"blocked/audit\"\n");
  const Outcome refused = run({binary(), "serve", "--config", path.string()});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("audit.dir must be a folder that the host may write"),
            std::string::npos)
      << refused.err;
}

// What nobody has configured.
class AuditDefault : public testing::Test {
 protected:
  Process& serve(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{binary(), "serve", "--ops", "127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return *processes.emplace_back(std::make_unique<Process>(
        command, std::map<std::string, std::string>{{"XDG_STATE_HOME", state.path().string()}}));
  }
  std::string folder_of(Process& process) {
    const auto line = process.wait_error_line("\"audit.recording\"");
    EXPECT_TRUE(process.wait_error_line("\"serve.ready\"")) << process.error_text();
    return line ? Json::parse(*line)["folder"].get<std::string>() : "";
  }
  const TempDir state;
  std::vector<std::unique_ptr<Process>> processes;
};

TEST_F(AuditDefault, EverythingIsRecordedWithoutConfiguration) {
  Process& process = serve({"--http", "127.0.0.1:0"});
  const std::string folder = folder_of(process);
  EXPECT_EQ(folder, (state.path() / "govhost/audit").string());
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0);
  const Outcome outcome = run({binary(), "audit", "search", folder, "--action", "start"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(AuditDefault, ASecondHostHasATrailOfItsOwn) {
  EXPECT_EQ(folder_of(serve({"--http", "127.0.0.1:0"})), (state.path() / "govhost/audit").string());
  EXPECT_EQ(folder_of(serve({"--http", "127.0.0.1:0"})),
            (state.path() / "govhost/audit-2").string());
}

TEST_F(AuditDefault, AFolderThatCannotBeMadeStopsTheStartAndSaysWhatToWrite) {
  state.write("govhost", "a file");
  Process& process = serve({"--http", "127.0.0.1:0"});
  EXPECT_EQ(process.wait(), 2);
  EXPECT_NE(process.error_text().find("or write enabled = false in [audit]"), std::string::npos)
      << process.error_text();
}

TEST_F(AuditDefault, WithoutAnyPlaceTheServerDoesNotStartAndACallDoes) {
  const std::vector<std::string> nowhere{
      "env", "-u", "HOME", "-u", "XDG_STATE_HOME", "-u", "STATE_DIRECTORY", binary()};
  auto serve = nowhere, call = nowhere;
  serve.insert(serve.end(), {"serve", "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"});
  const Outcome refused = run(serve);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("no place for the trail is known"), std::string::npos) << refused.err;
  call.insert(call.end(), {"call", "list_risks"});
  EXPECT_EQ(run(call).exit_code, 0);
}

TEST_F(AuditDefault, AClientOfItsOwnNeedsNone) {
  Process& process = serve({"--stdio"});
  ASSERT_TRUE(process.wait_error_line("\"serve.ready\"")) << process.error_text();
  EXPECT_EQ(process.error_text().find("audit.recording"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(state.path()));
}

}  // namespace
}  // namespace govhost::test
