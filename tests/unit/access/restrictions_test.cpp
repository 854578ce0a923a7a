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

// A reader whose rights were looked up before may meet a document that was looked at after.
TEST(Restrictions, KeepTheirNumbersWhenOthersComeAndGo) {
  const Restrictions::Rule staff{{"staff"}, {"policies"}}, board{{"board"}, {"board"}},
      law{{"law"}, {"law"}};
  const auto number = [](const Restrictions& rules, const char* source) {
    return rules.restricting().of(document(source, "risk", nullptr));
  };
  const Restrictions first({staff, board});
  const auto second = first.replaced_by({law, board});
  ASSERT_TRUE(second);
  EXPECT_EQ(number(*second, "board"), number(first, "board"));
  EXPECT_EQ(number(*second, "law"), 0b100U) << "not the number of the one that ends now";
  EXPECT_EQ(number(*second, "policies"), 0U);
  EXPECT_TRUE(second->visible_to(holding({})).sees_source("policies"));
  EXPECT_FALSE(second->visible_to(holding({"staff"})).sees_source("law"));
  EXPECT_EQ(second->restricting().all, 0b110U);
  const auto third = second->replaced_by({staff, law, board});
  ASSERT_TRUE(third);
  EXPECT_EQ(number(*third, "policies"), 0b001U) << "it ended long ago";
  EXPECT_TRUE(*third == *third->replaced_by({board, staff, law}));

  std::vector<Restrictions::Rule> many(Restrictions::kMost, staff);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].sources = {std::to_string(i)};
  EXPECT_FALSE(Restrictions({staff}).replaced_by(many)) << "65 with the one that ends";
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
