// A repository on a git server under a running server: what a synchronisation costs, what is served
// of it, and every way in which the server can fail.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"
#include "support/git.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;
using Answer = Upstream::Answer;

class GitSource : public testing::Test {
 protected:
  GitSource() {
    for (int i = 1; i <= 12; ++i) risk(i, "apples");
    server.put("src/irrelevant.c", "int x;");
    server.link("docs/_risks/ri-13_link.md", "/etc/passwd");
  }
  static std::string path_of(int number) {
    return "docs/_risks/ri-" + std::to_string(number) + "_risk number.md";
  }
  void risk(int number, const std::string& of) {
    const std::string n = std::to_string(number);
    server.put(path_of(number), "---\nsequence: " + n + "\ntitle: Risk " + n +
                                    "\n---\n\n## Summary\n\nOf " + of + ".\n");
  }
  std::string remote() const {
    return "grants = [\"" + server.url() + "/\"]\noptions.url = \"" + server.url() + "\"\n";
  }
  std::string write_config(const std::string& keys) {
    return folder
        .write("govhost.toml",
               "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n"
               "[content]\nbundle_dir = \"content\"\n[egress]\ntimeout = \"2s\"\n"
               "[[source]]\nplugin = \"git\"\nrefresh = \"1h\"\nbreaker = {failures = 100}\n"
               "options.path = \"docs\"\n" +
                   keys)
        .string();
  }
  void start(const std::string& keys) {
    config = write_config(keys);
    client = std::make_unique<Client>(
        Wire::kHttp, Era::kLegacy,
        std::vector<std::string>{"--config", config, "--log-level", "debug"});
  }
  Outcome sync() const { return run({binary(), "content", "sync", "--probe", "--config", config}); }
  std::string problem() const {
    const Outcome outcome = run({binary(), "content", "status", "--json", "--config", config});
    const Json source = Json::parse(outcome.out)["sources"][0];
    return source["stale"] == true ? source["problem"].get<std::string>() : "";
  }
  // Risk 3 as an answer: its text and the link to its original.
  Json served() { return client->structured("get_risk", {{"risk_id", "ri-3"}}); }
  std::string text() { return served()["content"].get<std::string>(); }

  GitServer server;
  const TempDir folder;
  std::string config;
  std::unique_ptr<Client> client;
};

TEST_F(GitSource, AChangeIsFetchedAndWhatIsUnchangedCostsOneRequest) {
  start(remote());
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12) << "not the symbolic link";
  const std::size_t full = server.requests().size();
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(server.requests().size(), full + 1);

  risk(3, "bananas");
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(text(), "## Summary\n\nOf bananas.");
  const auto all = server.requests();
  EXPECT_NE(all.back().body.find("have "), std::string::npos)
      << "the server is told what is there already";
  std::cout << "full synchronisation: " << full
            << " requests; unchanged: 1; changed: " << all.size() - full - 1 << "\n";
}

TEST_F(GitSource, EachKindOfRefIsServedAndTheLinkNamesTheCommit) {
  const std::string first = server.git({"rev-parse", "HEAD"});
  server.git({"tag", "--annotate", "v1", "--message", "The first"});
  server.git({"checkout", "--quiet", "-b", "release/2"});
  risk(3, "bananas");
  const std::string second = server.git({"rev-parse", "HEAD"});
  server.git({"checkout", "--quiet", "main"});
  risk(3, "cherries");
  const std::string third = server.git({"rev-parse", "HEAD"});
  const struct {
    std::string ref, commit, fruit;
  } refs[] = {{"HEAD", third, "cherries"},      {"main", third, "cherries"},
              {"v1", first, "apples"},          {"refs/tags/v1", first, "apples"},
              {"release/2", second, "bananas"}, {second, second, "bananas"}};
  const std::string here = "options.clone = \"" + server.clone().string() + "\"\n";
  for (const auto& [ref, commit, fruit] : refs) {
    for (const std::string& from : {remote(), here}) {
      start(from + "options.ref = \"" + ref + "\"\n" +
            "options.link = \"https://git.example/{commit}/docs/\"\n");
      EXPECT_EQ(text(), "## Summary\n\nOf " + fruit + ".") << ref << " " << from;
      EXPECT_NE(served().dump().find("https://git.example/" + commit + "/docs/_risks/ri-3_risk%20"),
                std::string::npos)
          << served().dump();
    }
  }
}

TEST_F(GitSource, ACloneBesideTheHostIsReadWithoutANetwork) {
  start("options.clone = \"" + server.clone().string() + "\"\n");
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
  risk(3, "bananas");
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(text(), "## Summary\n\nOf bananas.");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(GitSource, HistoryThatWasRewrittenIsFollowed) {
  start(remote());
  server.git({"checkout", "--quiet", "--orphan", "other"});
  risk(3, "bananas");
  server.git({"branch", "--force", "main", "other"});
  server.git({"symbolic-ref", "HEAD", "refs/heads/main"});
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(text(), "## Summary\n\nOf bananas.");
}

// Before the threads of the test's servers, and after them: they read the environment.
struct ScratchFolder {
  ScratchFolder() { ::setenv("TMPDIR", scratch.path().c_str(), 1); }
  ~ScratchFolder() { ::unsetenv("TMPDIR"); }
  const TempDir scratch;
};

class GitSourceClone : public ScratchFolder, public GitSource {
 protected:
  std::vector<fs::path> clones() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(scratch.path()))
      if (entry.path().filename().string().starts_with("govhost-git-")) out.push_back(entry.path());
    return out;
  }
};

TEST_F(GitSourceClone, IsRemovedAtTheEndAndByTheNextAfterAKill) {
  start(remote());
  EXPECT_EQ(clones().size(), 1u);
  client->process().signal(SIGKILL);
  EXPECT_EQ(client->process().wait(), 128 + SIGKILL);
  const std::vector<fs::path> left = clones();
  ASSERT_EQ(left.size(), 1u);
  start(remote());
  ASSERT_EQ(sync().exit_code, 0);
  EXPECT_FALSE(fs::exists(left[0]));
  // Another host beside it leaves its clone alone.
  const Outcome beside = run({binary(), "content", "lint", "--config", config});
  EXPECT_EQ(beside.exit_code, 0) << beside.err;
  EXPECT_EQ(clones().size(), 1u);
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0) << client->process().error_text();
  EXPECT_TRUE(clones().empty());
}

TEST_F(GitSourceClone, IsMadeAnewWhenItIsDamaged) {
  start(remote());
  ASSERT_EQ(clones().size(), 1u);
  for (const auto& file : fs::recursive_directory_iterator(clones()[0])) {
    if (file.path().extension() != ".pack") continue;
    fs::permissions(file.path(), fs::perms::owner_write, fs::perm_options::add);
    std::fstream pack(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    pack.seekp(12) << std::string(fs::file_size(file.path()) - 12, 'x');
  }
  risk(3, "bananas");
  const int first = sync().exit_code;
  EXPECT_EQ(first == 0 ? 0 : sync().exit_code, 0) << problem();
  EXPECT_EQ(text(), "## Summary\n\nOf bananas.");
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
}

TEST_F(GitSource, WhateverTheServerDoesEveryCallIsAnswered) {
  start(remote());
  const std::string before = text();
  std::vector<Upstream::Failure> modes = Upstream::failures();
  modes.push_back({"a login page",
                   {200, "<html>Log in</html>", {{"Content-Type", "text/html"}}},
                   "does not answer as a git server"});
  modes.push_back({"a pack that is none",
                   {200,
                    "001e# service=git-upload-pack\n0000nonsense",
                    {{"Content-Type", "application/x-git-upload-pack-advertisement"}}},
                   "cannot be listed"});
  modes.push_back({"moved", {301, "", {{"Location", "https://x.example/"}}}, "leads elsewhere"});
  modes.push_back({"gone", {404, ""}, "check source.options.url"});
  modes.push_back({"forbidden", {403, ""}, "answered HTTP 403"});
  for (const auto& mode : modes) {
    server.answer_all(mode.answer);
    EXPECT_EQ(sync().exit_code, 1) << mode.name;
    EXPECT_EQ(text(), before) << mode.name;
    EXPECT_NE(problem().find(mode.problem), std::string::npos) << mode.name << ": " << problem();
    std::cout << mode.name << ": " << problem() << "\n";
  }
  server.answer_all({});
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(problem(), "");
}

TEST_F(GitSource, AMovedFolderIsNamedAndWhatIsServedStays) {
  start(remote());
  server.git({"mv", "docs", "documents"});
  server.put("README.md", "moved");
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_NE(problem().find("has no folder docs; check source.options.path"), std::string::npos)
      << problem();
  EXPECT_EQ(client->structured("list_risks")["total_count"], 12);
}

TEST_F(GitSource, TheTokenIsThePasswordOfTheUserAndInNoLog) {
  const std::string canary = "c4n4ry-31337";
  folder.write("token", canary + "\n");
  start(remote() + "options.token = \"file:" + (folder.path() / "token").string() + "\"\n");
  ASSERT_FALSE(server.requests().empty());
  for (const Upstream::Request& request : server.requests())  // git:c4n4ry-31337
    EXPECT_EQ(request.header("authorization"), "Basic Z2l0OmM0bjRyeS0zMTMzNw==");
  server.answer_all(Answer{401, canary});
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_EQ(problem().find(canary), std::string::npos);
  EXPECT_EQ(client->process().error_text().find(canary), std::string::npos);
}

TEST_F(GitSource, WhatIsMissingOrTooMuchIsSaidAtTheStart) {
  const struct {
    const char* keys;
    const char* problem;
  } cases[] = {
      {"", "set one of source.options.url and source.options.clone"},
      {"options.url = \"https://git.example/x\"\noptions.clone = \"x\"\n", "set one of"},
      {"options.url = \"https://git.example/x.git\"\n",
       "grants = [\"https://git.example/x.git/\"]"},
      {"options.url = \"https://user:pw@git.example/x\"\n", "options.url"},
      {"options.url = \"ssh://git.example/x\"\n", "options.url"},
  };
  for (const auto& c : cases) {
    const Outcome checked = run({binary(), "config", "check", "--config", write_config(c.keys)});
    EXPECT_EQ(checked.exit_code, 2) << c.keys;
    EXPECT_NE(checked.err.find(c.problem), std::string::npos) << checked.err;
  }
}

}  // namespace
}  // namespace govhost::test
