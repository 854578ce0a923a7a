// The embedded starter catalogue over both transports and eras: what somebody sees who has nothing
// but the binary. Needs no data beside the repository.
#include <gtest/gtest.h>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

class Starter : public testing::TestWithParam<Way> {
 protected:
  static void TearDownTestSuite() { clients.clear(); }
  void SetUp() override { client = &clients.get(GetParam(), serving_starter()); }

  inline static SharedClients clients;
  Client* client = nullptr;
};

TEST_P(Starter, HoldsEnoughForASmallBank) {
  EXPECT_GE(client->structured("list_risks")["total_count"], 12);
  EXPECT_GE(client->structured("list_mitigations")["total_count"], 12);
  EXPECT_EQ(client->structured("list_frameworks")["total_count"], 4);
  const Json found =
      client->structured("search", {{"query", "customer chatbot"}, {"kind", "usecase"}});
  EXPECT_EQ(found["total_found"], 2);
}

TEST_P(Starter, EveryDocumentCanBeReadAndCitesNothingThatIsMissing) {
  for (const auto& [list, get, parameter] :
       {std::tuple{"list_risks", "get_risk", "risk_id"},
        std::tuple{"list_mitigations", "get_mitigation", "mitigation_id"}}) {
    const Json listed = client->structured(list);
    for (const Json& d : listed["documents"]) {
      const Json read = client->structured(get, {{parameter, d["id"]}});
      EXPECT_EQ(read["title"], d["name"]);
      EXPECT_GT(read["content"].get<std::string>().size(), 800u) << d["id"];
      EXPECT_GE(read["sections"].size(), 2u) << d["id"];
    }
  }
  const Json info = client->structured("server_info");
  EXPECT_EQ(info["content"]["skipped"], 0);
  EXPECT_EQ(info["content"]["notes"], 0) << "a link leads nowhere, or front matter is faulty";
}

TEST_P(Starter, FrameworksNameTheirEntries) {
  const struct {
    const char *id, *entry;
  } known[] = {{"nist-ai-600-1", "Confabulation"},
               {"eu-ai-act", "Human oversight"},
               {"iso-42001", "A.6.2"},
               {"owasp-llm", "Prompt Injection"}};
  for (const auto& framework : known) {
    const Json read = client->structured("get_framework", {{"framework", framework.id}});
    EXPECT_GE(read["sections"], 1);
    EXPECT_NE(read["content"].get<std::string>().find(framework.entry), std::string::npos)
        << framework.id;
  }
}

TEST_P(Starter, SearchFindsWhatItShould) {
  const struct {
    const char *tool, *query, *id;
  } questions[] = {{"search_risks", "prompt injection", "prompt-injection"},
                   {"search_risks", "model makes things up", "hallucination"},
                   {"search_mitigations", "human review of decisions", "human"},
                   {"search_frameworks", "transparency", "eu-ai-act"}};
  for (const auto& q : questions) {
    const Json results = client->structured(q.tool, {{"query", q.query}})["results"];
    ASSERT_FALSE(results.empty()) << q.query;
    bool found = false;
    for (const Json& hit : results)
      found = found || hit["framework_id"].get<std::string>().find(q.id) != std::string::npos;
    EXPECT_TRUE(found) << q.query << ": " << results.dump();
  }
}

TEST_P(Starter, PromptsEmbedItsDocuments) {
  const Json answer = client->request(
      "prompts/get",
      {{"name", "risk_assessment_analysis"},
       {"arguments", {{"risk_category", "prompt injection"}, {"context", "a chatbot"}}}});
  const std::string text = answer["result"]["messages"][0]["content"].value("text", "");
  EXPECT_NE(text.find("### Prompt Injection"), std::string::npos) << text.substr(0, 400);
}

TEST_P(Starter, EveryResourceCanBeRead) {
  const Json resources = client->request("resources/list")["result"]["resources"];
  EXPECT_GE(resources.size(), 12u + 12u + 4u + 2u);
  for (const Json& r : resources) {
    const Json answer = client->request("resources/read", {{"uri", r["uri"]}});
    ASSERT_TRUE(answer.contains("result")) << answer.dump();
    EXPECT_EQ(answer["result"]["contents"][0]["text"].get<std::string>().size(), r["size"]);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Starter,
                         testing::Combine(testing::Values(Wire::kStdio, Wire::kHttp),
                                          testing::Values(Era::kLegacy, Era::kModern)),
                         name_of);

}  // namespace
}  // namespace govhost::test
