// A repository on GitHub under a running server: what a synchronisation costs, and every way in
// which upstream can fail.
#include <gtest/gtest.h>

#include <iostream>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"
#include "support/github.h"

namespace govhost::test {
namespace {

using Answer = Upstream::Answer;
using How = Upstream::How;

class GithubSource : public testing::Test {
 protected:
  GithubSource() {
    for (int i = 1; i <= 12; ++i) risk(i, "apples");
    for (int i = 0; i < 50; ++i) github.put("src/irrelevant" + std::to_string(i) + ".c", "int x;");
    github.link("docs/_risks/ri-13_link.md", "/etc/passwd");
  }
  static std::string path_of(int number) {
    return "docs/_risks/ri-" + std::to_string(number) + "_risk number.md";
  }
  void risk(int number, const std::string& of) {
    const std::string n = std::to_string(number);
    github.put(path_of(number), "---\nsequence: " + n + "\ntitle: Risk " + n +
                                    "\n---\n\n## Summary\n\nOf " + of + ".\n");
  }
  std::string write_config(const std::string& source, const std::string& more_options = "") {
    return folder
        .write("govhost.toml",
               "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n"
               "[content]\nbundle_dir = \"content\"\n[egress]\ntimeout = \"400ms\"\n"
               "[[source]]\n" +
                   github.config(", path = \"docs\"" + more_options) + source)
        .string();
  }
  void start(const std::string& source = "refresh = \"1h\"\n", const std::string& more = "") {
    config = write_config(source, more);
    client = std::make_unique<Client>(
        Wire::kHttp, Era::kLegacy,
        std::vector<std::string>{"--config", config, "--log-level", "debug"});
  }
  Outcome sync() const { return run({binary(), "content", "sync", "--probe", "--config", config}); }
  Json status() const {
    const Outcome outcome = run({binary(), "content", "status", "--json", "--config", config});
    return Json::parse(outcome.out)["sources"][0];
  }
  std::string served(int number = 3) {
    return client->structured("get_risk", {{"risk_id", "ri-" + std::to_string(number)}})["content"]
        .get<std::string>();
  }

  Github github;
  const TempDir folder;
  std::string config;
  std::unique_ptr<Client> client;
};

TEST_F(GithubSource, AFullSynchronisationCostsTwoCallsAndAnUnchangedOneIsConditional) {
  start();
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12) << "not the symbolic link";
  EXPECT_EQ(github.count("/api/"), 2u);
  EXPECT_EQ(github.count("/raw/"), 12u);
  const std::size_t full = github.requests().size();

  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(github.requests().size(), full + 1);
  EXPECT_NE(github.requests().back().header("if-none-match"), "");

  risk(3, "bananas");
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
  EXPECT_EQ(github.count("/api/", full + 1), 2u);
  EXPECT_EQ(github.count("/raw/", full + 1), 1u) << "only what changed is fetched";
  std::cout << "full synchronisation: 2 API calls and 12 files; unchanged: 1 conditional call; "
               "1 of 12 changed: 2 API calls and 1 file\n";
}

TEST_F(GithubSource, ARestartFetchesNothingThatTheBundleHas) {
  start();
  ASSERT_TRUE(client->process().wait_error_line("content.bundle_written"));
  client.reset();
  const std::size_t before = github.requests().size();
  start();
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(github.count("/raw/", before), 0u);
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
}

TEST_F(GithubSource, WhateverUpstreamDoesEveryCallIsAnswered) {
  start("refresh = \"1h\"\nbreaker = {failures = 100}\n");
  const std::string before = served();
  std::vector<Upstream::Failure> modes = Upstream::failures();
  modes.push_back({"rate limit",
                   {403, "", {{"x-ratelimit-remaining", "0"}}},
                   "rate limit of GitHub is used up"});
  modes.push_back({"an error page", {200, "<html>It works!</html>"}, "is, is none"});
  modes.push_back({"gone", {404, "{}"}, "check source.options.repo"});
  for (const auto& mode : modes) {
    github.answer_all(mode.answer);
    EXPECT_EQ(sync().exit_code, 1) << mode.name;
    EXPECT_EQ(served(), before) << mode.name;
    EXPECT_EQ(client->structured("list_risks")["total_count"], 12) << mode.name;
    const Json seen = status();
    EXPECT_EQ(seen["stale"], true) << mode.name;
    const std::string problem = seen["problem"].get<std::string>();
    EXPECT_NE(problem.find(mode.problem), std::string::npos) << mode.name << ": " << problem;
    std::cout << mode.name << ": " << problem << "\n";
  }
  github.answer_all({});
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(status()["stale"], false);
  EXPECT_EQ(served(), before);
}

TEST_F(GithubSource, TheBreakerOpensAfterFiveFailuresAndThenAsksOnceEachTime) {
  start("refresh = \"10ms\"\nbreaker = {failures = 5, open = \"700ms\", open_max = \"700ms\"}\n");
  ASSERT_EQ(client->structured("list_risks")["total_count"], 12);
  github.answer_all(Answer{503, ""});
  const auto asked = [&] {  // each attempt ends with the first request that fails
    std::size_t count = 0;
    const std::string log = client->process().error_text();
    for (std::size_t at = 0; (at = log.find("\"status\":503", at)) != std::string::npos; ++at)
      ++count;
    return count;
  };
  ASSERT_TRUE(client->process().wait_error_line("\"failures\":5,\"breaker\":\"open\""));
  EXPECT_EQ(asked(), 5u);
  std::size_t before = github.requests().size();
  const Outcome refused = run({binary(), "content", "sync", "--config", config});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("circuit breaker of source github is open"), std::string::npos)
      << refused.err;
  for (int failures = 6; failures <= 7; ++failures) {
    ASSERT_TRUE(client->process().wait_error_line("\"failures\":" + std::to_string(failures)));
    EXPECT_EQ(github.requests().size(), before + 1) << "one probe, and nothing while it was open";
    before = github.requests().size();
  }
  EXPECT_EQ(served(), "## Summary\n\nOf apples.");
  github.answer_all({});
  ASSERT_TRUE(client->process().wait_error_line("content.source_recovered"));
  EXPECT_EQ(status()["breaker"], "closed");
  std::cout << "breaker: opens after 5 failures; 0 requests while open; 1 per probe\n";
}

// A text that cannot be fetched, or is not the one of the commit, takes no document out of service.
TEST_F(GithubSource, ATextThatIsCutOrReplacedIsNotServed) {
  start("refresh = \"1h\"\nbreaker = {failures = 100}\n");
  risk(3, "bananas");
  for (const Answer& answer :
       {Answer{200, "<html>Please log in</html>"}, Answer{200, ""}, Answer{502, "bad gateway"},
        Answer{200, std::string(90, 'x'), {}, How::kReset}}) {
    github.answer_files(answer);
    EXPECT_EQ(sync().exit_code, 1);
    EXPECT_EQ(served(), "## Summary\n\nOf apples.");
    EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
  }
  github.answer_files({});
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(served(), "## Summary\n\nOf bananas.");
}

TEST_F(GithubSource, AMovedFolderOrLostHalfIsRejected) {
  start("refresh = \"1h\"\nbreaker = {failures = 100}\n");
  for (int i = 4; i <= 12; ++i) github.erase(path_of(i));
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_NE(status()["problem"].get<std::string>().find("gate.max_shrink"), std::string::npos);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
  for (int i = 1; i <= 3; ++i) github.erase(path_of(i));
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_NE(status()["problem"].get<std::string>().find("check source.options.path"),
            std::string::npos);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
}

TEST_F(GithubSource, TheTokenReachesGithubAndNoLog) {
  const std::string canary = "c4n4ry-31337";
  folder.write("token", canary + "\n");
  start("refresh = \"1h\"\n", ", token = \"file:" + (folder.path() / "token").string() + "\"");
  for (const Upstream::Request& request : github.requests())
    EXPECT_EQ(request.header("authorization"), "Bearer " + canary);
  github.answer_all(Answer{401, canary});
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_EQ(status()["problem"].get<std::string>().find(canary), std::string::npos);
  const std::string log = client->process().error_text();
  EXPECT_NE(log.find("egress.request"), std::string::npos);
  EXPECT_EQ(log.find(canary), std::string::npos);
}

TEST_F(GithubSource, WithoutGrantsTheStartSaysWhichItNeeds) {
  const std::string path =
      folder
          .write("no.toml",
                 "[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = \"github\"\n"
                 "options = {repo = \"bank/policies\"}\n")
          .string();
  const Outcome checked = run({binary(), "config", "check", "--config", path});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_NE(checked.err.find("grants = [\"https://api.github.com/repos/bank/policies/\", "
                             "\"https://raw.githubusercontent.com/bank/policies/\"]"),
            std::string::npos)
      << checked.err;
}

TEST_F(GithubSource, AGrantThatIsNoneIsNamedWithFileAndLine) {
  const std::string path =
      folder
          .write("bad.toml",
                 "[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = \"github\"\n"
                 "grants = [\"https://user@api.github.com/\"]\n"
                 "options = {repo = \"bank/policies\"}\n")
          .string();
  const Outcome checked = run({binary(), "config", "check", "--config", path});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_NE(checked.err.find("bad.toml:4: source github: grants: \"https://user@api.github.com/\": "
                             "the URL must not name a user"),
            std::string::npos)
      << checked.err;
}

}  // namespace
}  // namespace govhost::test
