// An archive under a running server.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class ArchiveSource : public testing::Test {
 protected:
  // As GitHub makes one: everything in one folder.
  void pack(const fs::path& tree) const {
    const std::string aside = (folder.path() / "new.tar.gz").string();
    const Outcome packed =
        run({"tar", "czf", aside, "--transform", "s,^\\.,repo-1a2b3c,", "-C", tree.string(), "."});
    ASSERT_EQ(packed.exit_code, 0) << packed.err;
    fs::rename(aside, folder.path() / "content.tar.gz");
  }
  void start() {
    const fs::path config = folder.write(
        "govhost.toml",
        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\n"
        "plugin = \"archive\"\nrefresh = \"10ms\"\noptions = {file = \"content.tar.gz\"}\n");
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  void expect_same_as(const std::vector<std::string>& arguments) {
    Client other(Wire::kHttp, Era::kModern, arguments);
    for (const char* const tool : {"list_risks", "list_mitigations", "list_frameworks"}) {
      Json own = client->structured(tool), theirs = other.structured(tool);
      EXPECT_GT(own["total_count"], 0) << tool;
      EXPECT_EQ(own["total_count"], theirs["total_count"]) << tool;
    }
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

TEST_F(ArchiveSource, ServesWhatTheFolderInsideWould) {
  pack(starter_catalogue());
  start();
  expect_same_as({"--content", starter_catalogue().string()});
}

TEST_F(ArchiveSource, ServesTheFrameworkAsPublished) {
  if (!has_aigf()) GTEST_SKIP() << "the framework's data is not beside the repository";
  pack(aigf());
  start();
  expect_same_as(serving_aigf());
}

// The same from an address: conditional, and the last good content through every failure.
class ArchiveAtAnAddress : public ArchiveSource {
 protected:
  void publish() {
    pack(folder.path() / "tree");
    std::ifstream file(folder.path() / "content.tar.gz", std::ios::binary);
    const std::lock_guard lock(mutex);
    archive.assign(std::istreambuf_iterator<char>(file), {});
    tag = "\"" + std::to_string(++versions) + "\"";
  }
  void answer_all(std::optional<Upstream::Answer> answer) {
    const std::lock_guard lock(mutex);
    all = std::move(answer);
  }
  Upstream::Answer answer(const Upstream::Request& request) {
    const std::lock_guard lock(mutex);
    if (all) return *all;
    if (request.header("if-none-match") == tag) return {304, "", {{"ETag", tag}}};
    return {200, archive, {{"ETag", tag}, {"Content-Type", "application/gzip"}}};
  }
  void start_at(const std::string& grant, const std::string& options = "") {
    config = folder
                 .write("govhost.toml",
                        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n"
                        "[content]\nbundle_dir = \"content\"\n[egress]\ntimeout = \"1s\"\n"
                        "[[source]]\nplugin = \"archive\"\nrefresh = \"1h\"\n"
                        "breaker = {failures = 100}\ngrants = [\"" +
                            grant + "\"]\noptions = {url = \"" +
                            upstream.url("/releases/content.tar.gz") + "\"" + options + "}\n")
                 .string();
    client = std::make_unique<Client>(
        Wire::kHttp, Era::kModern,
        std::vector<std::string>{"--config", config, "--log-level", "debug"});
  }
  Outcome sync() const { return run({binary(), "content", "sync", "--probe", "--config", config}); }

  std::mutex mutex;
  std::string archive, tag;
  int versions = 0;
  std::optional<Upstream::Answer> all;
  std::string config;
  Upstream upstream{[this](const Upstream::Request& request) { return answer(request); }};
};

TEST_F(ArchiveAtAnAddress, IsFetchedWhenItHasChanged) {
  fs::copy(starter_catalogue(), folder.path() / "tree", fs::copy_options::recursive);
  publish();
  start_at(upstream.url("/releases/"));
  expect_same_as({"--content", starter_catalogue().string()});
  EXPECT_EQ(sync().exit_code, 0);
  ASSERT_EQ(upstream.count(), 2u);
  EXPECT_EQ(upstream.requests()[1].header("if-none-match"), "\"1\"");
  EXPECT_EQ(client->process().error_text().find("\"level\":\"warn\""), std::string::npos);
  std::ofstream(folder.path() / "tree/docs/_risks/ri-99_new.md")
      << "---\nsequence: 99\ntitle: New\n---\n\n## Summary\n\nNew.\n";
  publish();
  EXPECT_EQ(sync().exit_code, 0);
  EXPECT_EQ(client->structured("get_risk", {{"risk_id", "ri-99"}})["content"],
            "## Summary\n\nNew.");
}

TEST_F(ArchiveAtAnAddress, WhateverItsServerDoesEveryCallIsAnswered) {
  fs::copy(starter_catalogue(), folder.path() / "tree", fs::copy_options::recursive);
  publish();
  start_at(upstream.url("/releases/"));
  const Json before = client->structured("list_risks");
  std::vector<Upstream::Failure> modes = Upstream::failures();
  modes.push_back({"a login page", {200, "<html>Log in</html>"}, "is damaged, or no tar or zip"});
  modes.push_back({"half of it", {200, archive.substr(0, archive.size() / 2)}, "is damaged"});
  modes.push_back({"moved", {302, "", {{"Location", "https://x.example/"}}}, "leads elsewhere"});
  modes.push_back({"gone", {404, ""}, "answered HTTP 404"});
  modes.push_back({"nothing", {204, ""}, "answered HTTP 204"});
  for (const auto& mode : modes) {
    answer_all(mode.answer);
    EXPECT_EQ(sync().exit_code, 1) << mode.name;
    EXPECT_EQ(client->structured("list_risks"), before) << mode.name;
    const Json seen = Json::parse(
        run({binary(), "content", "status", "--json", "--config", config}).out)["sources"][0];
    EXPECT_EQ(seen["stale"], true) << mode.name;
    const std::string problem = seen["problem"].get<std::string>();
    EXPECT_NE(problem.find(mode.problem), std::string::npos) << mode.name << ": " << problem;
  }
  answer_all({});
  EXPECT_EQ(sync().exit_code, 0);
}

TEST_F(ArchiveAtAnAddress, TheTokenIsSentAndInNoLog) {
  fs::copy(starter_catalogue(), folder.path() / "tree", fs::copy_options::recursive);
  publish();
  const std::string canary = "c4n4ry-31337";
  folder.write("token", canary + "\n");
  start_at(upstream.url("/releases/"),
           ", token = \"file:" + (folder.path() / "token").string() + "\"");
  ASSERT_EQ(upstream.count(), 1u);
  EXPECT_EQ(upstream.requests()[0].header("authorization"), "Bearer " + canary);
  answer_all(Upstream::Answer{401, canary});
  EXPECT_EQ(sync().exit_code, 1);
  EXPECT_EQ(client->process().error_text().find(canary), std::string::npos);
}

TEST_F(ArchiveSource, NeedsAnOriginAndForAnAddressAGrant) {
  for (const auto& [options, problem] :
       {std::pair("{}", "set one of source.options.file and source.options.url"),
        std::pair("{url = \"https://x.example/a.zip\"}",
                  "the source needs grants = [\"https://x.example/a.zip\"]")}) {
    const fs::path config =
        folder.write("bad.toml", std::string("[[transport]]\nplugin = \"http\"\n"
                                             "[[source]]\nplugin = \"archive\"\noptions = ") +
                                     options + "\n");
    const Outcome checked = run({binary(), "config", "check", "--config", config.string()});
    EXPECT_EQ(checked.exit_code, 2);
    EXPECT_NE(checked.err.find(problem), std::string::npos) << checked.err;
  }
}

TEST_F(ArchiveSource, ANewArchiveIsTakenAndABadOneIsNot) {
  const fs::path tree = folder.path() / "tree";
  fs::copy(starter_catalogue(), tree, fs::copy_options::recursive);
  pack(tree);
  start();
  const std::size_t before = client->structured("list_risks")["total_count"];
  std::ofstream(tree / "docs/_risks/ri-99_new.md")
      << "---\nsequence: 99\ntitle: New\n---\n\n## Summary\n\nNew.\n";
  pack(tree);
  ASSERT_TRUE(client->process().wait_error_line("content.refreshed"));
  EXPECT_EQ(client->structured("list_risks")["total_count"], before + 1);
  std::ofstream(folder.path() / "content.tar.gz", std::ios::binary) << "half a copy";
  ASSERT_TRUE(client->process().wait_error_line("is damaged, or no tar or zip"));
  EXPECT_EQ(client->structured("list_risks")["total_count"], before + 1);
}

}  // namespace
}  // namespace govhost::test
