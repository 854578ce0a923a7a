#include "access/restrictions.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace govhost::access {
namespace {

plugin::Principal holding(std::vector<std::string> scopes) {
  plugin::Principal principal;
  principal.scopes = std::move(scopes);
  return principal;
}

TEST(Restrictions, WithoutRestrictionsShowEverything) {
  EXPECT_TRUE(Restrictions().visible_to({}).everything());
  EXPECT_TRUE(Restrictions().visible_to({}).sees_source("any"));
}

TEST(Restrictions, WantAllScopesOfASource) {
  const Restrictions scopes({{{"policies:read", "staff"}, {"policies"}}, {{"board"}, {"board"}}});
  const auto visible = [&](std::vector<std::string> held, const char* source) {
    return scopes.visible_to(holding(std::move(held))).sees_source(source);
  };
  EXPECT_TRUE(visible({"staff", "x", "policies:read"}, "policies"));
  EXPECT_FALSE(visible({"staff"}, "policies"));
  EXPECT_FALSE(visible({"STAFF", "policies:read"}, "policies")) << "scopes are case-sensitive";
  EXPECT_FALSE(visible({"staff", "policies:read"}, "board"));
  EXPECT_FALSE(visible({}, "policies"));
  EXPECT_TRUE(visible({}, "open"));
  EXPECT_TRUE(scopes.visible_to(holding({"board", "policies:read", "staff"})).everything());
  EXPECT_FALSE(scopes.visible_to(holding({"board"})).everything());
}

content::Document document(std::string source, std::string kind, nlohmann::json attributes) {
  content::Document out;
  out.provenance.source = std::move(source);
  out.kind = std::move(kind);
  out.attributes = std::make_shared<const nlohmann::json>(std::move(attributes));
  return out;
}

TEST(Restrictions, JudgeDocumentsBySourceKindAndAttributes) {
  const Restrictions rules({{{"s0"}, {"bank"}},
                            {{"s1"}, {"bank", "law"}, {"policy"}},
                            {{"s2"}, {}, {}, {{"classification", {"secret", "3"}}}},
                            {{"s3"}, {"law"}, {}, {}, {{"classification", {"public"}}}}});
  const auto bits = rules.restricting().of;
  EXPECT_EQ(bits(document("bank", "risk", nullptr)), 0b0001U);
  EXPECT_EQ(bits(document("bank", "policy", nullptr)), 0b0011U);
  EXPECT_EQ(bits(document("open", "policy", {{"classification", "secret"}})), 0b0100U);
  EXPECT_EQ(bits(document("open", "policy", {{"classification", {"x", "secret"}}})), 0b0100U);
  EXPECT_EQ(bits(document("open", "policy", {{"classification", 3}})), 0b0100U);
  EXPECT_EQ(bits(document("open", "policy", {{"classification", "Secret"}})), 0U);
  EXPECT_EQ(bits(document("law", "risk", {{"classification", "public"}})), 0U);
  EXPECT_EQ(bits(document("law", "risk", {{"classification", "pubilc"}})), 0b1000U)
      << "a slip of the pen does not publish";
  EXPECT_EQ(bits(document("law", "risk", nlohmann::json::object())), 0b1000U);
  EXPECT_EQ(rules.restricting().all, 0b1111U);
  EXPECT_EQ(rules.restricting().unread("law"), 0b1110U) << "what could not be read may be any";
  EXPECT_EQ(rules.restricting().unread("bank"), 0b0111U);
}

TEST(Restrictions, AreLiftedByScopes) {
  const Restrictions rules({{{"a"}, {"bank"}}, {{"b", "c"}, {}, {"policy"}}});
  const auto hidden = [&](std::vector<std::string> held) {
    return rules.visible_to(holding(std::move(held))).hidden();
  };
  EXPECT_EQ(hidden({}), 0b11U);
  EXPECT_EQ(hidden({"a", "b"}), 0b10U);
  EXPECT_EQ(hidden({"c", "b"}), 0b01U);
  EXPECT_EQ(hidden({"a", "b", "c"}), 0U);
  EXPECT_FALSE(rules.visible_with({}).sees_source("bank"));
  EXPECT_TRUE(rules.visible_with({}).sees_source("open"));
}

}  // namespace
}  // namespace govhost::access
