#include "access/policy.h"

#include <gtest/gtest.h>

#include <chrono>

namespace govhost::access {
namespace {

using Thing = Policy::Thing;
using Scopes = std::vector<std::string>;

TEST(Policy, WithoutRulesAllowsEverything) {
  EXPECT_FALSE(Policy().restricts());
  EXPECT_TRUE(Policy().allows({}, Thing::kTool, "search"));
}

TEST(Policy, AllowsWhatARuleOfHeldScopesNames) {
  const Policy policy({{"first", {"read"}, {"get_*", "search"}, {"*"}, {"finos://risks/*"}},
                       {"second", {"read", "admin"}, {"*"}},
                       {"third", {}, {"server_info"}}});
  const auto allows = [&](Scopes held, Thing thing, const char* name) {
    return policy.allows(held, thing, name);
  };
  EXPECT_TRUE(allows({"read"}, Thing::kTool, "get_risk"));
  EXPECT_TRUE(allows({"read"}, Thing::kTool, "search"));
  EXPECT_FALSE(allows({"read"}, Thing::kTool, "search_risks"));
  EXPECT_FALSE(allows({"READ"}, Thing::kTool, "search"));
  EXPECT_FALSE(allows({"admin"}, Thing::kTool, "search_risks")) << "all scopes are needed";
  EXPECT_TRUE(allows({"admin", "read"}, Thing::kTool, "search_risks"));
  EXPECT_TRUE(allows({}, Thing::kTool, "server_info"));
  EXPECT_FALSE(allows({}, Thing::kPrompt, "assess"));
  EXPECT_TRUE(allows({"read"}, Thing::kPrompt, "assess"));
  EXPECT_TRUE(allows({"read"}, Thing::kResource, "finos://risks/1"));
  EXPECT_FALSE(allows({"read"}, Thing::kResource, "finos://index"));
}

TEST(Policy, NamesTheRuleThatDecided) {
  const Policy policy({{"first", {"a"}, {"x"}}, {"second", {"b"}, {"*"}}});
  const Scopes b{"b"}, none;
  EXPECT_EQ(policy.decide(b, Thing::kTool, "x").rule->name, "second");
  EXPECT_EQ(policy.decide(none, Thing::kTool, "x").rule->name, "first")
      << "whose scopes are lacking";
  EXPECT_EQ(policy.decide(none, Thing::kTool, "y").rule->name, "second");
  EXPECT_EQ(policy.decide(b, Thing::kPrompt, "x").rule, nullptr);
  EXPECT_FALSE(policy.decide(b, Thing::kPrompt, "x").allowed);
}

TEST(Patterns, StandForAnyText) {
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a*c", "abbc"));
  EXPECT_TRUE(matches_pattern("a*b*c", "axbxbc"));
  EXPECT_FALSE(matches_pattern("a*c", "abcd"));
  EXPECT_FALSE(matches_pattern("", "a"));
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_FALSE(matches_pattern("get_?", "get_x")) << "nothing else is special";
}

TEST(Patterns, ThatAreHostileEndSoon) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(2000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

}  // namespace
}  // namespace govhost::access
