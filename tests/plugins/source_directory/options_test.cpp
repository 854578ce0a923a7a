// The options of source-directory: what they do and how mistakes are reported.
#include "fixture.h"

namespace {

using DirectoryOptions = DirectoryTest;

TEST_F(DirectoryOptions, PathMustBeADirectory) {
  put("file.md", "x");
  const std::string cases[][2] = {{"/nonexistent/policies", "does not exist"},
                                  {(root_ / "file.md").string(), "is not a directory"},
                                  {(root_ / "file.md/x").string(), "does not exist"},
                                  {"", "does not exist"},
                                  {std::string(5000, 'x'), "path \"xxx"},
                                  {std::string("/tmp\0x", 6), "NUL"}};
  for (const auto& [path, what] : cases) {
    config_.set("path", std::string_view(path));
    const std::string said = refusal();
    EXPECT_NE(said.find(what), std::string::npos) << said;
    EXPECT_TRUE(path.size() > 100 || said.find("source.options.path") != said.npos) << said;
  }
}

TEST_F(DirectoryOptions, MistakesInPatternsNameTheEntry) {
  const std::string cases[][2] = {
      {R"("*.md")", "source.options.include must be an array"},
      {R"([1])", "source.options.include[0]"},
      {R"(["*.md", ""])", "source.options.include[1]"},
      {R"(["*.md", "/etc/*"])", "source.options.include[1]"},
      {"[\"" + std::string(600, '*') + "\"]", "source.options.include[0]"},
  };
  for (const auto& [value, what] : cases) {
    config_.set_json("include", value);
    EXPECT_NE(refusal().find(what), std::string::npos) << refusal();
  }
}

TEST_F(DirectoryOptions, LimitsOutOfRangeAreRefused) {
  config_.set("max_depth", 65);
  EXPECT_NE(refusal().find("max_depth"), std::string::npos);
  config_.set("max_depth", 1).set("max_files", 0);
  EXPECT_NE(refusal().find("max_files"), std::string::npos);
}

TEST_F(DirectoryOptions, DefaultsServeMarkdownAndYamlButNothingHidden) {
  for (const char* key : {"a.md", "b/c.yml", "b/d.yaml", "e.txt", "f.MD", ".git/x.md", ".y.md"})
    put(key, "x");
  EXPECT_EQ(keys(), "a.md b/c.yml b/d.yaml");
  EXPECT_EQ(host_.records().size(), 0u);
}

TEST_F(DirectoryOptions, IncludeAndExcludeChooseTheFiles) {
  for (const char* key : {"a.md", "drafts/b.md", "c.txt", "x/drafts/d.md"}) put(key, "x");
  config_.set_json("include", R"(["**/*.md", "*.txt"])");
  config_.set_json("exclude", R"(["**/drafts/**"])");
  EXPECT_EQ(keys(), "a.md c.txt");
  Documents out;
  EXPECT_EQ(fetch("drafts/b.md", out), GOV_NOT_FOUND);
  EXPECT_EQ(fetch("c.txt", out), GOV_OK);
  EXPECT_EQ(out.all[0].media_type, "text/plain");
}

TEST_F(DirectoryOptions, LinkIsThePrefixAndTheKeyAsAnAddress) {
  put("docs/AI policy 100%.md", "x");
  config_.set("link", "https://git.example/policies/");
  Documents out;
  ASSERT_EQ(list(out), GOV_OK);
  EXPECT_EQ(out.all[0].link, "https://git.example/policies/docs/AI%20policy%20100%25.md");
}

TEST_F(DirectoryOptions, WithoutAPrefixThereIsNoLink) {
  put("a.md", "x");
  Documents out;
  ASSERT_EQ(list(out), GOV_OK);
  EXPECT_EQ(out.all[0].link, "");
}

TEST_F(DirectoryOptions, MoreFilesThanAllowedAreAnErrorNotASelection) {
  for (const char* key : {"a.md", "b.md", "c.md"}) put(key, "x");
  config_.set("max_files", 2);
  Documents out;
  EXPECT_EQ(list(out), GOV_RESOURCE_EXHAUSTED);
  EXPECT_TRUE(out.all.empty());
  EXPECT_NE(message().find("max_files"), std::string::npos) << message();
}

TEST_F(DirectoryOptions, ExactlyAsManyFilesAsAllowedAreServed) {
  for (const char* key : {"a.md", "b.md"}) put(key, "x");
  config_.set("max_files", 2);
  EXPECT_EQ(keys(), "a.md b.md");
}

TEST_F(DirectoryOptions, FoldersBelowMaxDepthAreSkippedWithAWarning) {
  put("a.md", "x");
  put("one/b.md", "x");
  put("one/two/c.md", "x");
  config_.set("max_depth", 1);
  EXPECT_EQ(keys(), "a.md one/b.md");
  EXPECT_EQ(warnings_about("one/two"), 1u);
  Documents out;
  EXPECT_EQ(fetch("one/two/c.md", out), GOV_NOT_FOUND);
}

TEST_F(DirectoryOptions, NothingToServeIsReported) {
  put("readme.txt", "x");
  EXPECT_EQ(keys(), "UNAVAILABLE");
  EXPECT_NE(message().find("source.options.path, include and exclude"), std::string::npos)
      << message();
}

TEST_F(DirectoryOptions, DescribesItself) {
  const gov_component& c = gov::testing::Loaded::component(SOURCE_DIRECTORY_SO, "directory");
  EXPECT_STREQ(c.kind, "gov.source/1");
  EXPECT_NE(std::string(c.config_schema).find("x-gov-path"), std::string::npos);
}

TEST_F(DirectoryOptions, LongMessagesAreCutBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 120; ++i) umlauts += "\xc3\xa4";
  for (const std::string pad : {"", "x"}) {
    config_.set("path", std::string_view("/" + pad + umlauts));
    const std::string said = refusal();
    std::size_t begin = said.find("\xc3");
    ASSERT_NE(begin, std::string::npos);
    EXPECT_NE(static_cast<unsigned char>(said.back()), 0xc3) << said;
  }
}

}  // namespace
