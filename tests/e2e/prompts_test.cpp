// The prompts over the real binary: what they embed, and that all of it can be read.
#include <regex>
#include <set>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

class Prompts : public testing::Test {
 protected:
  Prompts() : client(Wire::kStdio, Era::kModern, serving_starter()) {}

  Json get(const std::string& name, const Json& arguments) {
    return client.request("prompts/get", {{"name", name}, {"arguments", arguments}});
  }
  std::string text(const std::string& name, const Json& arguments) {
    const Json answer = get(name, arguments);
    EXPECT_EQ(answer["result"]["messages"].size(), 1u) << answer.dump();
    return answer["result"]["messages"][0]["content"].value("text", "");
  }
  // The resources that a text names; each must be one.
  std::set<std::string> resources(const std::string& text) {
    static const std::regex kUri("finos://[^\\s\\],)]+");
    std::set<std::string> uris;
    for (std::sregex_iterator it(text.begin(), text.end(), kUri), end; it != end; ++it)
      uris.insert(it->str());
    for (const std::string& uri : uris)
      EXPECT_TRUE(client.request("resources/read", {{"uri", uri}}).contains("result")) << uri;
    return uris;
  }

  Client client;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Prompts, EachCitesWhatItEmbeds) {
  const std::map<std::string, Json> cases = {
      {"analyze_framework_compliance",
       {{"framework", "owasp-llm"}, {"use_case", "A chat assistant reads documents of clients."}}},
      {"risk_assessment_analysis", {{"risk_category", "ri-1"}, {"context", "a chat assistant"}}},
      {"mitigation_strategy_prompt",
       {{"risk_type", "prompt injection"}, {"system_description", "a chat assistant"}}},
      {"assess_use_case", {{"description", "A chat assistant. It reads documents of clients."}}},
      {"control_gap_analysis", {{"mitigations", "mi-1, mi-2"}}}};
  for (const Json& prompt : client.request("prompts/list")["result"]["prompts"]) {
    const std::string name = prompt["name"];
    ASSERT_TRUE(cases.contains(name)) << name << " has no case in this test";
    const std::string written = text(name, cases.at(name));
    EXPECT_GE(resources(written).size(), 5u) << written;
    EXPECT_EQ(written, text(name, cases.at(name))) << "not deterministic";
  }
}

TEST_F(Prompts, AUseCaseIsAssessedWithEvidence) {
  const char* const description = "A chat assistant reads documents that clients upload.";
  const Json tool = client.structured("assess_use_case", {{"description", description}});
  const std::string written = text("assess_use_case", {{"description", description}});
  EXPECT_TRUE(has(written, std::string("USE CASE:\n") + description));
  std::size_t at = 0;
  for (const Json& risk : tool["risks"]) {  // the same ones in the same order
    const std::size_t next = written.find("### " + risk["title"].get<std::string>(), at);
    ASSERT_NE(next, std::string::npos) << risk["title"];
    at = next;
  }
  EXPECT_TRUE(
      has(written, "Evidence (\"" + tool["risks"][0]["evidence"]["section"].get<std::string>()));
  EXPECT_TRUE(has(written, tool["mitigations"][0]["uri"]));
  EXPECT_TRUE(has(written, tool["references"][0]["entries"][0]["uri"]));
  EXPECT_TRUE(has(written, tool["similar_use_case"]["uri"]));

  const std::string nothing = text("assess_use_case", {{"description", "zzzqqq"}});
  EXPECT_TRUE(has(nothing, "No risk of the knowledge base fits"));
}

TEST_F(Prompts, AFrameworkShowsWhatTheUseCaseNeedsFirst) {
  const std::string written = text(
      "analyze_framework_compliance",
      {{"framework", "EU AI Act"}, {"use_case", "It decides who gets a loan, without a clerk"}});
  const std::size_t cited = written.find("mitigations cite:\n- "),
                    oversight = written.find("Human Oversight"),
                    others = written.find("The others, in the order of the framework:");
  ASSERT_NE(cited, std::string::npos) << written;
  ASSERT_NE(others, std::string::npos) << written;
  EXPECT_LT(cited, oversight);
  EXPECT_LT(oversight, others);
  EXPECT_TRUE(has(written, "cited by "));
}

TEST_F(Prompts, GapsAreThoseOfTheTool) {
  const Json tool = client.structured("analyze_gaps", {{"mitigations", {"mi-1"}}});
  const std::string written = text("control_gap_analysis", {{"mitigations", "mi-1"}});
  const std::string covered = std::to_string(tool["summary"]["covered"].get<int>());
  const std::string scope = std::to_string(tool["summary"]["in_scope"].get<int>());
  const std::string open = std::to_string(tool["summary"]["uncovered"].get<int>());
  EXPECT_TRUE(has(written, "\nCOVERED (" + covered + " of " + scope + "):")) << written;
  EXPECT_TRUE(has(written, "NOT COVERED (" + open + "):"));
  EXPECT_TRUE(has(written, "- " + tool["next"][0]["title"].get<std::string>()));

  EXPECT_TRUE(has(text("control_gap_analysis", {{"mitigations", "none"}, {"use_case", ""}}),
                  "IN PLACE (0):\nnone\n"));
  EXPECT_TRUE(has(text("control_gap_analysis", {{"mitigations", "none"}, {"use_case", "uc-1"}}),
                  "SCOPE: the risks of "));
  EXPECT_TRUE(has(text("control_gap_analysis",
                       {{"mitigations", "none"}, {"use_case", "a bot that reads mails"}}),
                  "SCOPE: the risks that fit this description: a bot"));
}

TEST_F(Prompts, NamesThatLeadNowhereAreTold) {
  const std::string some =
      text("control_gap_analysis", {{"mitigations", "mi-1;no such thing\nri-1"}});
  EXPECT_TRUE(has(some, "NAMES THAT LED NOWHERE:\n- there is no mitigation 'no such thing'"))
      << some;
  EXPECT_TRUE(has(some, "'ri-1' is a risk, not a mitigation"));
  const Json none = get("control_gap_analysis", {{"mitigations", "no such thing"}});
  EXPECT_EQ(none["error"]["code"], -32602);
  EXPECT_TRUE(has(none["error"]["message"], "no such thing"));
  std::string many;
  for (int i = 0; i < 201; ++i) many += "m,";
  EXPECT_EQ(get("control_gap_analysis", {{"mitigations", many}})["error"]["code"], -32602);
}

}  // namespace
}  // namespace govhost::test
