// source-archive as the host loads it, over archives of every kind and of every bad intention.
#include <gov/testing.hpp>

#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class SourceArchive : public ::testing::Test {
 protected:
  using Documents = gov::testing::Documents;

  void SetUp() override {
    std::string name = ::testing::TempDir() + "source-archive-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    use("a.tar.gz");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void use(const std::string& name) {
    file_ = folder_ / name;
    config_.set("file", std::string_view(file_.native()));
  }
  // Written aside and renamed, as an operator should.
  void make(const std::vector<Json>& entries) const {
    const fs::path aside = folder_ / ("new." + file_.filename().string());
    FILE* const out = popen(("'" MAKE_ARCHIVE "' '" + aside.string() + "'").c_str(), "w");
    ASSERT_NE(out, nullptr);
    const std::string text = Json(entries).dump();
    ASSERT_EQ(fwrite(text.data(), 1, text.size(), out), text.size());
    ASSERT_EQ(pclose(out), 0);
    fs::rename(aside, file_);
  }
  static Json file(const std::string& path, const std::string& text = "text") {
    return {{"path", path}, {"text", text}};
  }

  gov::testing::Loaded& plugin() {
    if (!plugin_)
      plugin_ = std::make_unique<gov::testing::Loaded>(
          gov::testing::Loaded::open(SOURCE_ARCHIVE_SO, "archive", host_, config_));
    return *plugin_;
  }
  // The keys, or the status and its sentence.
  std::string list() {
    const gov::testing::Call call;
    Documents out;
    const gov_status status =
        plugin().source().list(plugin().instance(), call.raw(), out.sink(), plugin().error());
    if (status != GOV_OK)
      return std::string(gov::name_of(status)) + " " + plugin().error()->message;
    std::string all;
    for (const auto& document : out.all) all += (all.empty() ? "" : " ") + document.key;
    return all;
  }
  Documents::Document fetch(std::string_view key, std::string_view if_version = "") {
    const gov::testing::Call call;
    Documents out;
    status_ = plugin().source().fetch(plugin().instance(), call.raw(), gov::to_c(key),
                                      gov::to_c(if_version), out.sink(), plugin().error());
    return out.all.empty() ? Documents::Document{} : out.all[0];
  }
  bool logged(const std::string& text) const { return host_.logged(text); }

  fs::path folder_, file_;
  gov::testing::Host host_;
  gov::testing::Config config_;
  gov_status status_ = GOV_OK;

 private:
  std::unique_ptr<gov::testing::Loaded> plugin_;
};

TEST_F(SourceArchive, ServesEveryKindOfArchive) {
  for (const char* const name : {"a.tar", "a.tar.gz", "a.tar.xz", "a.zip"}) {
    TearDown();
    SetUp();
    use(name);
    make({file("a.md", "of a"), file("b/c.yml", "x: 1"), file("b/d.png", "no")});
    auto own = gov::testing::Loaded::open(SOURCE_ARCHIVE_SO, "archive", host_, config_);
    const gov::testing::Call call;
    Documents out;
    ASSERT_EQ(own.source().list(own.instance(), call.raw(), out.sink(), own.error()), GOV_OK)
        << name << ": " << own.error()->message;
    ASSERT_EQ(out.all.size(), 2u) << name;
    EXPECT_EQ(out.all[0].key, "a.md");
    EXPECT_EQ(out.all[1].key, "b/c.yml");
    EXPECT_EQ(out.all[1].media_type, "application/yaml");
  }
}

TEST_F(SourceArchive, FetchGivesTheBytesAndAVersionThatIsTheirs) {
  make({file("a.md", "of a"), file("b.md", "of b")});
  EXPECT_EQ(list(), "a.md b.md");
  const auto a = fetch("a.md");
  EXPECT_EQ(a.body, "of a");
  fetch("a.md", a.version);
  EXPECT_EQ(status_, GOV_NOT_MODIFIED);
  fetch("c.md");
  EXPECT_EQ(status_, GOV_NOT_FOUND);
  // Another archive with the same file: nobody need fetch it again.
  make({file("a.md", "of a"), file("b.md", "new")});
  EXPECT_EQ(list(), "a.md b.md");
  EXPECT_EQ(fetch("a.md").version, a.version);
  EXPECT_EQ(fetch("b.md").body, "new");
}

TEST_F(SourceArchive, OneTopFolderIsNoPartOfThePaths) {
  make({{{"path", "repo-1a2b"}, {"type", "dir"}},
        file("repo-1a2b/docs/a.md"),
        file("repo-1a2b/b.md")});
  EXPECT_EQ(list(), "b.md docs/a.md");
  make({file("repo-1a2b/docs/a.md"), file("other/b.md")});
  EXPECT_EQ(list(), "other/b.md repo-1a2b/docs/a.md") << "two top folders";
}

TEST_F(SourceArchive, StripNoneKeepsIt) {
  config_.set("strip", "none");
  make({file("repo/a.md")});
  EXPECT_EQ(list(), "repo/a.md");
}

TEST_F(SourceArchive, PathIsTheFolderThatIsServed) {
  config_.set("path", "docs");
  make({file("repo/docs/a.md"), file("repo/b.md"), file("repo/docs2/c.md")});
  EXPECT_EQ(list(), "a.md");
  make({file("docs/a.md"), file("docs/d/e.md")});
  EXPECT_EQ(list(), "a.md d/e.md") << "the folder itself may be the top";
}

TEST_F(SourceArchive, PathsThatLeadElsewhereAreSkippedAndNamed) {
  use("a.tar");
  make({file("good.md"), file("../evil1.md"), file("/evil2.md"), file("a/../evil3.md"),
        file("a//evil4.md"), file("a\\evil5.md"), file("C:evil6.md"), file("a\nevil7.md"),
        file(std::string(1100, 'x') + "evil8.md")});
  EXPECT_EQ(list(), "good.md");
  for (int i = 1; i <= 7; ++i) EXPECT_TRUE(logged("evil" + std::to_string(i))) << i;
  EXPECT_TRUE(logged("longer than 1024 bytes"));
  EXPECT_FALSE(logged("a\nevil7.md")) << "a path must not break a line";
}

TEST_F(SourceArchive, LinksAndSpecialFilesAreNotFollowed) {
  use("a.tar");
  make({file("good.md"),
        {{"path", "s.md"}, {"type", "symlink"}, {"target", "/etc/passwd"}},
        {{"path", "h.md"}, {"type", "hardlink"}, {"target", "good.md"}},
        {{"path", "p.md"}, {"type", "fifo"}}});
  EXPECT_EQ(list(), "good.md");
  EXPECT_TRUE(logged("it is a link or a special file"));
}

TEST_F(SourceArchive, TheSamePathTwiceIsNamedAndTheFirstIsServed) {
  use("a.tar");
  make({file("a.md", "first"), file("a.md", "second"), file("A.md", "another")});
  EXPECT_EQ(list(), "A.md a.md") << "case counts";
  EXPECT_EQ(fetch("a.md").body, "first");
  EXPECT_TRUE(logged("twice"));
}

TEST_F(SourceArchive, ABombIsDefusedWantedOrNot) {
  config_.set("max_size", 1'000'000);
  for (const char* const path : {"a.md", "a.bin"}) {
    make({file("good.md"), {{"path", path}, {"zeros", 50'000'000}}});
    EXPECT_LT(fs::file_size(file_), 100'000u);
    const std::string said = list();
    EXPECT_EQ(said.substr(0, 18), "RESOURCE_EXHAUSTED") << said;
    EXPECT_NE(said.find("source.options.max_size"), std::string::npos) << said;
  }
}

TEST_F(SourceArchive, TenThousandIrrelevantFilesCostNothingButTime) {
  std::vector<Json> entries = {file("a.md")};
  for (int i = 0; i < 10'000; ++i) entries.push_back(file("src/" + std::to_string(i) + ".c", "x"));
  make(entries);
  EXPECT_EQ(list(), "a.md");
}

TEST_F(SourceArchive, WhatIsCutOffOrChangedIsServedNotEvenInPart) {
  std::vector<Json> entries;
  std::string noise;  // that does not compress
  for (int i = 0; i < 20'000; ++i) noise += static_cast<char>('!' + (i * i + i / 7) % 90);
  for (int i = 0; i < 20; ++i)
    entries.push_back(file(std::to_string(i) + ".md", noise + std::to_string(i)));
  make(entries);
  std::ifstream in(file_, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, good.size() / 3, good.size() / 2, good.size() - 20}) {
    std::ofstream(file_, std::ios::binary) << good.substr(0, size);
    const std::string said = list();
    EXPECT_EQ(said.substr(0, 16), "INVALID_ARGUMENT") << size << ": " << said;
    EXPECT_NE(said.find(file_.string()), std::string::npos) << said;
  }
  std::string bad = good;
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 0x55);
  std::ofstream(file_, std::ios::binary) << bad;
  EXPECT_EQ(list().substr(0, 16), "INVALID_ARGUMENT");
  std::ofstream(file_, std::ios::binary) << "no archive at all\n";
  EXPECT_EQ(list().substr(0, 16), "INVALID_ARGUMENT");
}

TEST_F(SourceArchive, WhatWasReadBeforeIsStillFetchedWhenTheNewOneIsBad) {
  make({file("a.md", "of a")});
  EXPECT_EQ(list(), "a.md");
  std::ofstream(file_, std::ios::binary) << "half a download";
  EXPECT_EQ(list().substr(0, 16), "INVALID_ARGUMENT");
  EXPECT_EQ(fetch("a.md").body, "of a");
}

TEST_F(SourceArchive, NothingToServeIsNamed) {
  EXPECT_NE(list().find("No such file or directory; set source.options.file"), std::string::npos);
  make({file("a.txt")});
  EXPECT_NE(list().find("check source.options.path, include and exclude"), std::string::npos);
  fs::remove(file_);
  fs::create_directory(file_);
  EXPECT_NE(list().find("is no regular file"), std::string::npos) << list();
}

TEST_F(SourceArchive, ACancelledCallStops) {
  make({file("a.md")});
  gov::testing::Call call;
  call.cancel();
  Documents out;
  EXPECT_EQ(plugin().source().list(plugin().instance(), call.raw(), out.sink(), plugin().error()),
            GOV_CANCELLED);
}

}  // namespace
