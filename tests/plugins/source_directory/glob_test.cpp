#include "plugins/source-common/glob.h"

#include <gtest/gtest.h>

#include <chrono>

namespace {

TEST(Glob, MatchesAsTheTableSays) {
  const struct {
    std::string_view pattern, path;
    bool matches;
  } cases[] = {
      {"**/*.md", "a.md", true},
      {"**/*.md", "x/y/a.md", true},
      {"**/*.md", "a.mdx", false},
      {"**/*.md", "a.md/x", false},
      {"*.md", "a.md", true},
      {"*.md", "x/a.md", false},
      {"docs/*.md", "docs/a.md", true},
      {"docs/*.md", "docs/x/a.md", false},
      {"docs/**/*.md", "docs/a.md", true},
      {"docs/**/*.md", "docs/x/y/a.md", true},
      {"docs/**/*.md", "docsx/a.md", false},
      {"docs/**", "docs/x/y", true},
      {"docs/**", "docs", false},
      {"**/drafts/**", "drafts/a.md", true},
      {"**/drafts/**", "x/drafts/y/a.md", true},
      {"**/drafts/**", "x/mydrafts/a.md", false},
      {"**", "x/y", true},
      {"a**b", "a/x/b", true},
      {"ri-?.md", "ri-1.md", true},
      {"ri-?.md", "ri-10.md", false},
      {"a?b", "a/b", false},
      {"*", "", true},
      {"?", "", false},
      {"", "", true},
      {"", "a", false},
      {"[a].md", "a.md", false},
      {"[a].md", "[a].md", true},
      {"A.md", "a.md", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXbYbZ", false},
      {"**/a/**/b.md", "a/b.md", true},
      {"**/a/**/b.md", "x/a/a/y/b.md", true},
      {"**/a/**/b.md", "x/y/b.md", false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(glob_matches(c.pattern, c.path), c.matches) << c.pattern << " on " << c.path;
}

TEST(Glob, HostilePatternsTakeNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a**a?";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(4000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
