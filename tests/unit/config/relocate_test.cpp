#include "config/relocate.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace govhost::config {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kToml =
    "# a comment\n[host]\nkeys = [\"file:/a\", \"file:/b\"]\nthreads = 4\n"
    "[[source]]\nplugin = \"directory\"\noptions = {path = \"docs\", \"a/b~c\" = \"x\"}\n";

TEST(Relocate, ChangesWhatIsNamedAndNothingElse) {
  const Values values = {{"/host/keys/1", "file:/new"},
                         {"/source/0/options/path", "/abs\"olute"},
                         {"/source/0/options/a~1b~0c", "y"},
                         {"/audit/dir", "audit"}};
  const auto text = relocate(kToml, values);
  ASSERT_TRUE(text.ok()) << text.status().message();
  // Read again, it says this.
  const auto again = relocate(*text, Values{});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *text);
  for (const char* part :
       {"file:/a", "file:/new", "/abs\"olute", "threads = 4", "'y'", "dir = 'audit'"})
    EXPECT_NE(text->find(part), std::string::npos) << part << " in\n" << *text;
  EXPECT_EQ(text->find("file:/b"), std::string::npos);
}

TEST(Relocate, NamesAPlaceThatIsNotThere) {
  for (const char* pointer :
       {"/host/keys/2", "/source/1/options/path", "/host/threads/x", "/host/keys/x", "host", ""}) {
    const auto text = relocate(kToml, Values{{pointer, "x"}});
    ASSERT_FALSE(text.ok()) << pointer;
    EXPECT_NE(text.status().message().find(pointer), std::string::npos);
  }
  EXPECT_FALSE(relocate("[[[", Values{}).ok());
  EXPECT_FALSE(relocate("a = " + std::string(100'000, '['), Values{}).ok());
}

TEST(Relocate, WhatServesTheBundlesReachesNothingElse) {
  Config config;
  config.plugin_directory = "/plugins";
  config.host.keys = {"file:/secret"};
  Source& source = config.sources.emplace_back();
  source.name = "policies";
  source.profile = "none";
  source.rules = {{"policy", "policies/*.md", "pol-"}};
  source.grants = {"https://upstream.example/"};
  const std::string text = bundles_only(config, "bundles");
  for (const char* part :
       {"policies/*.md", "pol-", "'none'", "'imported'", "'stdio'", "'/plugins'"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  for (const char* part : {"secret", "upstream", "listen", "audit", "auth"})
    EXPECT_EQ(text.find(part), std::string::npos) << part << " in\n" << text;
}

}  // namespace
}  // namespace govhost::config
