#include "mcp/tool.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

// Making a tool aborts on a schema that does not compile, so this also checks every schema.
TEST(Tools, AreDescribedForModels) {
  fixtures::Serving s;
  std::set<std::string> names;
  for (const Tool& tool : s.server.offer().features().tools) {
    const Json json = tool.describe();
    EXPECT_TRUE(names.insert(tool.name).second) << tool.name;
    EXPECT_FALSE(tool.title.empty() || tool.description.empty()) << tool.name;
    EXPECT_EQ(json["inputSchema"]["type"], "object") << tool.name;
    EXPECT_EQ(json["inputSchema"]["additionalProperties"], false) << tool.name;
    EXPECT_EQ(json["outputSchema"]["type"], "object") << tool.name;
    EXPECT_EQ(json["annotations"]["readOnlyHint"], true) << tool.name;
  }
  for (const char* name : {"get_framework", "get_mitigation", "get_risk", "list_frameworks",
                           "list_mitigations", "list_risks", "search", "search_frameworks",
                           "search_mitigations", "search_risks", "server_info"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(ToolResult, HoldsTheTextAndTheStructure) {
  const Json result =
      Json::parse(std::string(ToolResult::json(Json{{"a", "b\"\n"}}).text.text()) + "}");
  EXPECT_EQ(result["structuredContent"], (Json{{"a", "b\"\n"}}));
  EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>()),
            result["structuredContent"]);
  EXPECT_EQ(result["isError"], false);
}

// A plugin's own words may name hosts and files: they are for operators.
TEST(ToolResult, OfAFailureKeepsThePluginsWordsFromClients) {
  const ToolResult failed =
      ToolResult::error(gov::unavailable("secret-host:9200 refused")
                            .with_retry_after(std::chrono::milliseconds(1001)));
  EXPECT_TRUE(failed.is_error);
  EXPECT_EQ(failed.detail, "secret-host:9200 refused");
  EXPECT_EQ(failed.text.text().find("secret-host"), std::string_view::npos);
  const Json result = Json::parse(std::string(failed.text.text()) + "}");
  EXPECT_EQ(result["isError"], true);
  const Json error = Json::parse(result["content"][0]["text"].get<std::string>())["error"];
  EXPECT_EQ(error["code"], "unavailable");
  EXPECT_EQ(error["retry_after_s"], 2);
}

}  // namespace
}  // namespace govhost::mcp
