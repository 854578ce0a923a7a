#include "access/source_scopes.h"

#include <gtest/gtest.h>

namespace govhost::access {
namespace {

plugin::Principal holding(std::vector<std::string> scopes) {
  plugin::Principal principal;
  principal.scopes = std::move(scopes);
  return principal;
}

TEST(SourceScopes, WithoutRestrictionsShowEverything) {
  EXPECT_TRUE(SourceScopes().visible_to({}).everything());
  EXPECT_TRUE(SourceScopes().visible_to({}).sees_source("any"));
}

TEST(SourceScopes, WantAllScopesOfASource) {
  const SourceScopes scopes({{"policies", {"policies:read", "staff"}}, {"board", {"board"}}});
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

TEST(Visibility, JudgesDocumentsByTheirSource) {
  content::Document document;
  document.provenance.source = "board";
  EXPECT_TRUE(content::Visibility().sees(document));
  EXPECT_FALSE(content::Visibility({"policies", "board"}).sees(document));
  EXPECT_TRUE(content::Visibility({"policies"}).sees(document));
}

}  // namespace
}  // namespace govhost::access
