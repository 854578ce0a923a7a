#include "mcp/prompts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace govhost::mcp {
namespace {

Prompt prompt() {
  return {"p", "P", "d", {{"topic", "a topic", 5}, {"context", "a context", 100}}, nullptr};
}

TEST(Prompt, TakesItsArguments) {
  EXPECT_EQ(prompt().check({{"topic", "t"}, {"context", "c"}}), "");
  EXPECT_EQ((Prompt{"p", "P", "d", {}, nullptr}).check(Json::object()), "");
}

TEST(Prompt, SaysWhatIsWrongWithThem) {
  const std::pair<Json, const char*> cases[] = {
      {Json::object(), "topic: is required"},
      {{{"topic", "t"}}, "context: is required"},
      {{{"topic", nullptr}, {"context", "c"}}, "topic: must be a string"},
      {{{"topic", 5}, {"context", "c"}}, "topic: must be a string"},
      {{{"topic", {"t"}}, {"context", "c"}}, "topic: must be a string"},
      {{{"topic", ""}, {"context", "c"}}, "topic: must not be empty"},
      {{{"topic", "123456"}, {"context", "c"}}, "topic: has 6 characters; at most 5 are allowed"},
      {{{"topic", "t"}, {"context", "c"}, {"more", "m"}}, "more: is no argument of this prompt"},
      {"text", "topic: is required"},
      {Json::array({1}), "topic: is required"}};
  for (const auto& [arguments, wrong] : cases)
    EXPECT_EQ(prompt().check(arguments), wrong) << arguments;
}

TEST(Prompt, CountsCharactersAndNotBytes) {
  const std::string five =
      "\xF0\x9F\x98\x80\xC3\xA9\xE2\x82\xAC"
      "ab";
  EXPECT_EQ(prompt().check({{"topic", five}, {"context", "c"}}), "");
  EXPECT_EQ(prompt().check({{"topic", five + "c"}, {"context", "c"}}),
            "topic: has 6 characters; at most 5 are allowed");
}

TEST(Prompt, DescribesItself) {
  const Json json = prompt().describe();
  EXPECT_EQ(json["name"], "p");
  EXPECT_EQ(json["title"], "P");
  EXPECT_EQ(json["arguments"][1],
            (Json{{"name", "context"}, {"description", "a context"}, {"required", true}}));
}

TEST(Prompt, MayHaveArgumentsThatCanBeLeftOut) {
  Prompt p = prompt();
  p.arguments[1].required = false;
  const std::string name = p.arguments[0].name, other = p.arguments[1].name;
  EXPECT_EQ(p.check({{name, "x"}}), "");
  EXPECT_EQ(p.check({{name, "x"}, {other, ""}}), "");
  EXPECT_NE(p.check({{name, "x"}, {other, 3}}), "");
  EXPECT_NE(p.check({{other, "x"}}), "");
  EXPECT_EQ(p.describe()["arguments"][1]["required"], false);
}

TEST(Prompts, AreThoseOfTheReferenceContractAndOurs) {
  std::set<std::string> names;
  for (const Prompt& p : all_prompts()) {
    names.insert(p.name);
    EXPECT_NE(p.write, nullptr);
    EXPECT_FALSE(p.arguments.empty()) << p.name;
    for (const PromptArgument& a : p.arguments)
      EXPECT_GT(a.max_length, 0u) << p.name << ' ' << a.name;
  }
  EXPECT_EQ(names, (std::set<std::string>{"analyze_framework_compliance", "assess_use_case",
                                          "control_gap_analysis", "mitigation_strategy_prompt",
                                          "risk_assessment_analysis"}));
}

}  // namespace
}  // namespace govhost::mcp
