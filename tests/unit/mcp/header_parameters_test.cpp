#include "mcp/header_parameters.h"

#include <gtest/gtest.h>
#include <gov/status.hpp>

#include <string>
#include <vector>

namespace govhost::mcp {
namespace {

std::string take(const char* schema, std::vector<HeaderParameter>& out) {
  Json json = Json::parse(schema);
  return take_header_parameters(json, {}, out);
}

TEST(HeaderParameters, AreTakenOutOfTheSchema) {
  Json schema = Json::parse(R"({"type":"object","properties":{
    "a":{"type":"string","x-mcp-header":"Region"},
    "b":{"type":"object","properties":{"c":{"type":"integer","x-mcp-header":"Number"}}},
    "d":{"type":"array","items":{"type":"string","x-mcp-header":"Not-Here"}}}})");
  std::vector<HeaderParameter> found;
  EXPECT_EQ(take_header_parameters(schema, {}, found), "");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].path, (std::vector<std::string>{"a"}));
  EXPECT_EQ(found[0].header, "mcp-param-region");
  EXPECT_EQ(found[0].shown, "Mcp-Param-Region");
  EXPECT_EQ(found[1].path, (std::vector<std::string>{"b", "c"}));
  EXPECT_FALSE(schema["properties"]["a"].contains("x-mcp-header"));
}

TEST(HeaderParameters, BadAnnotationsAreNamed) {
  for (const char* property :
       {R"({"type":"string","x-mcp-header":""})", R"({"type":"string","x-mcp-header":5})",
        R"({"type":"string","x-mcp-header":"a b"})", R"({"type":"string","x-mcp-header":"a:"})",
        R"({"type":"string","x-mcp-header":"é"})", R"({"type":"number","x-mcp-header":"A"})",
        R"({"type":"object","x-mcp-header":"A"})", R"({"x-mcp-header":"A"})"}) {
    std::vector<HeaderParameter> found;
    EXPECT_TRUE(take((R"({"properties":{"p":)" + std::string(property) + "}}").c_str(), found)
                    .starts_with("p: "))
        << property;
  }
  std::vector<HeaderParameter> found;
  EXPECT_NE(
      take(
          R"({"properties":{"a":{"type":"string","x-mcp-header":"X"},"b":{"type":"string","x-mcp-header":"x"}}})",
          found),
      "");
}

TEST(HeaderParameters, MustSayWhatTheBodySays) {
  const std::vector<HeaderParameter> parameters{{{"p"}, "mcp-param-p", "Mcp-Param-P"}};
  const struct {
    Json value;
    const char* header;  // null: none
    bool good;
  } cases[] = {
      {"x", "x", true},
      {"x", "X", false},
      {"x", nullptr, false},
      {nullptr, nullptr, true},
      {nullptr, "x", false},
      {42, "42", true},
      {42, "42.0", true},
      {42, "4.2e1", true},
      {42, "43", false},
      {42, "42x", false},
      {42, "", false},
      {42, " 42", false},
      {-1, "-1", true},
      {true, "true", true},
      {true, "True", false},
      {false, "false", true},
      {Json::array(), "[]", false},
      {"é", "=?base64?w6k=?=", true},
      {"é", "=?base64?w6k?=", false},
      {"=?base64?", "=?base64?", true},
      {"1e400", "1e400", true},
      {1, "1e400", false},
  };
  for (const auto& c : cases) {
    gov_pair pair{gov::to_c("mcp-param-p"), gov::to_c(c.header ? c.header : "")};
    gov_peer peer{};
    peer.headers = &pair;
    peer.header_count = c.header ? 1 : 0;
    const auto fault = check_header_parameters(parameters, {{"p", c.value}}, Headers(peer));
    EXPECT_EQ(!fault, c.good) << c.value << (c.header ? c.header : "none");
    if (fault) {
      EXPECT_EQ(fault->code, kHeaderMismatch);
    }
  }
}

}  // namespace
}  // namespace govhost::mcp
