#include "content/kinds.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

struct GlobCase {
  const char* pattern;
  const char* path;
  bool matches;
};

TEST(Glob, FollowsItsRules) {
  const GlobCase cases[] = {
      {"a.md", "a.md", true},
      {"a.md", "b.md", false},
      {"a.md", "a.md/b", false},
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*.md", "a.md", true},
      {"*.md", "docs/a.md", false},
      {"ri-*.md", "ri-.md", true},
      {"ri-*.md", "ri-1_a.md.md", true},
      {"ri-?.md", "ri-1.md", true},
      {"ri-?.md", "ri-/.md", false},
      {"ri-?.md", "ri-.md", false},
      {"docs/*/x.md", "docs/a/x.md", true},
      {"docs/*/x.md", "docs/a/b/x.md", false},
      {"**/x.md", "x.md", true},
      {"**/x.md", "a/b/x.md", true},
      {"**/x.md", "ax.md", false},
      {"**/a/**/b/*.md", "z/a/a/q/b/c.md", true},
      {"**/a/**/b/*.md", "z/a/q/b/c/d.md", false},
      {"**/a*b/c", "ab/acb/c", true},
      {"a/**/b", "a/b", true},
      {"a/**", "a/b/c", true},
      {"a/**", "ab", false},
      {"**", "a/b/c", true},
      {"*a*b*c", "xaxbxc", true},
      {"*a*b*c", "xaxbx", false},
      {"_risks/RI-*.md", "_Risks/ri-1.MD", true},
  };
  for (const GlobCase& c : cases) {
    EXPECT_EQ(glob_matches(c.pattern, c.path), c.matches) << c.pattern << " on " << c.path;
  }
}

TEST(Glob, GivesUpInTimeOnPatternsMadeToBeSlow) {
  std::string pattern, path(20'000, 'a');
  for (int i = 0; i < 20; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", path));
  std::string folders;
  for (int i = 0; i < 5'000; ++i) folders += "a/";
  EXPECT_FALSE(glob_matches("**/a/**/a/**/a/**/b", folders + "c"));
}

TEST(AigfProfile, NamesKindsFromEitherRoot) {
  const std::vector<KindRule> rules = aigf_profile();
  const auto kind = [&](const char* key) -> std::string {
    const KindRule* rule = find_rule(rules, key);
    return rule == nullptr ? "" : rule->kind;
  };
  EXPECT_EQ(kind("_risks/ri-10_prompt-injection.md"), "risk");
  EXPECT_EQ(kind("docs/_risks/ri-10_prompt-injection.md"), "risk");
  EXPECT_EQ(kind("docs/_mitigations/mi-1_x.md"), "mitigation");
  EXPECT_EQ(kind("_usecases/uc-index.md"), "usecase");
  EXPECT_EQ(kind("docs/_data/references/eu-ai-act.yml"), "framework");
  EXPECT_EQ(kind("_data/eu-ai-act.yml"), "framework");
  EXPECT_EQ(kind("docs/_data/references/README.md"), "");
  EXPECT_EQ(kind("docs/_risks/mi-1_x.md"), "");
  EXPECT_EQ(kind("docs/_data/a/b.yml"), "");
  EXPECT_EQ(kind("README.md"), "");
}

TEST(FindRule, LooksAtRulesOfTheSourceAndOfAnySource) {
  const std::vector<KindRule> rules = {
      {"policy", "**/*.md", "", "bank"}, {"risk", "**/*.md", "", "aigf"}, {"note", "**/*.txt", ""}};
  EXPECT_EQ(find_rule(rules, "a.md", "aigf")->kind, "risk");
  EXPECT_EQ(find_rule(rules, "a.md", "bank")->kind, "policy");
  EXPECT_EQ(find_rule(rules, "a.md", "other"), nullptr);
  EXPECT_EQ(find_rule(rules, "a.txt", "other")->kind, "note");
}

TEST(FindRule, TakesTheFirstThatMatches) {
  const std::vector<KindRule> rules = {{"policy", "**/*.md", ""}, {"risk", "**/ri-*.md", "ri-"}};
  ASSERT_NE(find_rule(rules, "ri-1.md"), nullptr);
  EXPECT_EQ(find_rule(rules, "ri-1.md")->kind, "policy");
  EXPECT_EQ(find_rule(rules, "ri-1.txt"), nullptr);
}

}  // namespace
}  // namespace govhost::content
