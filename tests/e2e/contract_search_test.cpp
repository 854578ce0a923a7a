// Level-C cases D of the reference contract: search.
#include <algorithm>
#include <cctype>
#include <set>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

class ContractSearch : public Contract {};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

TEST_P(ContractSearch, TheBestDocumentComesFirst) {  // D01, D03 to D05, D16 to D19
  const struct {
    const char *tool, *query, *first;
  } cases[] = {
      {"search_risks", "data poisoning", "risk-9_data-poisoning"},
      {"search_risks", "prompt injection", "risk-10_prompt-injection"},
      {"search_risks", "hallucination", "risk-4_hallucination-and-inaccurate-outputs"},
      {"search_risks", "mcp", "risk-26_mcp-server-supply-chain-compromise"},
      {"search_mitigations", "data leakage",
       "mitigation-1_ai-data-leakage-prevention-and-detection"},
      {"search_mitigations", "encryption", "mitigation-14_encryption-of-ai-data-at-rest"},
      {"search_mitigations", "least privilege",
       "mitigation-18_agent-authority-least-privilege-framework"},
      {"search_mitigations", "denial of wallet",
       "mitigation-9_ai-system-alerting-and-denial-of-wallet-dow-spend-monitoring"},
  };
  for (const auto& c : cases) {
    const Json found = client->structured(c.tool, {{"query", c.query}});
    EXPECT_EQ(found["query"], c.query);
    ASSERT_FALSE(found["results"].empty()) << c.query;
    EXPECT_LE(found["results"].size(), 5u);
    EXPECT_GE(found["total_found"].get<std::size_t>(), found["results"].size());
    EXPECT_EQ(found["results"][0]["framework_id"], c.first) << c.query;
  }
}

TEST_P(ContractSearch, TheSnippetHoldsTheWords) {  // D01, D16
  const Json poisoning =
      client->structured("search_risks", {{"query", "data poisoning"}})["results"][0];
  EXPECT_EQ(poisoning["section"], "Summary");
  EXPECT_NE(lower(poisoning["content"]).find("data poisoning"), std::string::npos)
      << poisoning.dump();
  const Json leakage =
      client->structured("search_mitigations", {{"query", "data leakage"}})["results"][0];
  EXPECT_NE(lower(leakage["content"]).find("data leakage"), std::string::npos) << leakage.dump();
}

TEST_P(ContractSearch, CaseDoesNotMatter) {  // D02
  EXPECT_EQ(client->structured("search_risks", {{"query", "DATA POISONING"}})["results"],
            client->structured("search_risks", {{"query", "data poisoning"}})["results"]);
}

TEST_P(ContractSearch, NothingIsFoundForNonsenseAndStopWords) {  // D08, D09
  for (const char* query : {"zzzqqq", "the is are"}) {
    const Json found = client->structured("search_risks", {{"query", query}});
    EXPECT_EQ(found["results"], Json::array()) << query;
    EXPECT_EQ(found["total_found"], 0);
    EXPECT_TRUE(found["message"].is_null());
  }
}

TEST_P(ContractSearch, BroadQueriesFindSomething) {  // D10, D11, D20, D21
  for (const auto& [tool, query] : {std::pair{"search_risks", "customer data privacy"},
                                    std::pair{"search_risks", "model training security"},
                                    std::pair{"search_mitigations", "data protection"},
                                    std::pair{"search_frameworks", "risk assessment"}})
    EXPECT_GE(client->structured(tool, {{"query", query}})["total_found"].get<int>(), 1) << query;
}

TEST_P(ContractSearch, LimitCutsTheResultsNotTheCount) {  // D12
  const Json one = client->structured("search_risks", {{"query", "data"}, {"limit", 1}});
  EXPECT_EQ(one["results"].size(), 1u);
  EXPECT_GT(one["total_found"].get<int>(), 1);
  const Json many = client->structured("search_risks", {{"query", "data"}, {"limit", 20}});
  EXPECT_EQ(many["results"].size(),
            std::min<std::size_t>(20, many["total_found"].get<std::size_t>()));
}

TEST_P(ContractSearch, BadArgumentsAreRefused) {  // D13, D14 as decided
  for (const Json& limit : {Json(0), Json(21), Json(2.5), Json("3")})
    fails("search_risks", {{"query", "data"}, {"limit", limit}}, "limit");
  for (const Json& query : {Json(""), Json(std::string(513, 'q')), Json(5), Json(nullptr)})
    fails("search_risks", {{"query", query}}, "query");
}

TEST_P(ContractSearch, EveryHitCanBeFollowedAndQuoted) {  // D15, D29
  const struct {
    const char *tool, *prefix, *get, *parameter;
  } kinds[] = {{"search_risks", "risk-", "get_risk", "risk_id"},
               {"search_mitigations", "mitigation-", "get_mitigation", "mitigation_id"},
               {"search_frameworks", "", "get_framework", "framework"}};
  for (const auto& kind : kinds) {
    for (const char* query :
         {"data", "access control", "audit logging", "model risk management", "third-party"}) {
      for (const Json& hit :
           Json(client->structured(kind.tool, {{"query", query}, {"limit", 20}})["results"])) {
        const std::string id = hit["framework_id"];
        ASSERT_TRUE(id.starts_with(kind.prefix)) << id;
        const std::string content = hit["content"];
        EXPECT_FALSE(content.empty());
        const auto characters = std::count_if(content.begin(), content.end(),
                                              [](char c) { return (c & 0xC0) != 0x80; });
        EXPECT_LE(characters, 283) << content;
        EXPECT_EQ(content.find('\n'), std::string::npos);
        EXPECT_FALSE(hit["section"].get<std::string>().empty());
        const Json read = client->structured(
            kind.get, {{kind.parameter, id.substr(std::string(kind.prefix).size())}});
        EXPECT_EQ(read["content"].get<std::string>().find("was not found"), std::string::npos)
            << id;
      }
    }
  }
}

TEST_P(ContractSearch, FrameworksAreFoundByTopicAndIdentifier) {  // D22 to D26
  EXPECT_EQ(
      client->structured("search_frameworks", {{"query", "risk management"}})["results"].size(),
      5u);
  const auto frameworks = [&](const char* query) {
    std::set<std::string> ids;
    for (const Json& hit :
         Json(client->structured("search_frameworks", {{"query", query}})["results"]))
      ids.insert(hit["framework_id"]);
    return ids;
  };
  EXPECT_TRUE(frameworks("prompt injection").contains("owasp-llm"));
  EXPECT_TRUE(frameworks("human oversight").contains("eu-ai-act"));
  EXPECT_TRUE(frameworks("bias").contains("nist-ai-600-1"));
  EXPECT_EQ(frameworks("AC-1"), std::set<std::string>{"nist-sp-800-53r5"});
}

TEST_P(ContractSearch, SearchCoversAllKinds) {
  std::set<std::string> kinds;
  for (const Json& hit : Json(client->structured(
           "search", {{"query", "prompt injection"}, {"limit", 50}})["results"])) {
    kinds.insert(hit["kind"]);
    EXPECT_FALSE(hit["uri"].get<std::string>().empty());
  }
  EXPECT_TRUE(kinds.contains("risk") && kinds.contains("mitigation") &&
              kinds.contains("framework"));
  for (const Json& hit : Json(client->structured(
           "search", {{"query", "loan approval"}, {"kind", "usecase"}})["results"]))
    EXPECT_EQ(hit["kind"], "usecase");
  fails("search", {{"query", "x"}, {"kind", "nonsense"}}, "nonsense");
}

INSTANTIATE_TEST_SUITE_P(Ways, ContractSearch,
                         testing::Combine(testing::Values(Wire::kStdio, Wire::kHttp),
                                          testing::Values(Era::kLegacy, Era::kModern)),
                         name_of);

}  // namespace
}  // namespace govhost::test
