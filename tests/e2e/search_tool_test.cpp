// search: filters, highlights and explanations, over the starter catalogue and the real binary.
#include <cmath>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

class SearchTool : public testing::TestWithParam<Way> {
 protected:
  static void TearDownTestSuite() { clients.clear(); }
  void SetUp() override { client = &clients.get(GetParam(), serving_starter()); }
  Json results(const Json& arguments) {
    return Json(client->structured("search", arguments))["results"];
  }

  inline static SharedClients clients;
  Client* client = nullptr;
};

TEST_P(SearchTool, FiltersByTypeFrameworkAndSource) {
  const Json typed = results({{"query", "data"}, {"type", "prev"}, {"limit", 50}});
  ASSERT_FALSE(typed.empty());
  for (const Json& hit : typed) EXPECT_EQ(hit["type"], "PREV");

  const Json cited = results({{"query", "data"}, {"framework", "EU AI Act"}, {"limit", 50}});
  ASSERT_FALSE(cited.empty());
  for (const Json& hit : cited) {
    if (hit["kind"] == "framework") {
      EXPECT_EQ(hit["id"], "eu-ai-act");
      continue;
    }
    const Json references =
        client->structured("get_references", {{"id", hit["id"]}, {"framework", "eu-ai-act"}});
    EXPECT_GT(references["total"], 0) << hit["id"];
  }
  const std::string source = typed[0]["source"];
  EXPECT_EQ(results({{"query", "data"}, {"type", "PREV"}, {"source", source}, {"limit", 50}}),
            typed);
}

TEST_P(SearchTool, NamesThatAreNotThereAreErrorsThatListWhatIs) {
  const std::pair<const char*, const char*> cases[] = {{"kind", "unknown_kind"},
                                                       {"type", "unknown_type"},
                                                       {"source", "unknown_source"},
                                                       {"framework", "not_found"}};
  for (const auto& [argument, code] : cases) {
    const Json result = client->request(
        "tools/call",
        {{"name", "search"}, {"arguments", {{"query", "data"}, {argument, "nonsense"}}}})["result"];
    ASSERT_EQ(result["isError"], true) << argument;
    const Json error = Json::parse(result["content"][0]["text"].get<std::string>())["error"];
    EXPECT_EQ(error["code"], code);
    EXPECT_FALSE(error["candidates"].empty()) << argument;
  }
}

TEST_P(SearchTool, HighlightsStandOnTheWordsThatMatch) {
  const Json found = results({{"query", "prompt injection"}, {"limit", 5}});
  std::size_t marks = 0;
  for (const Json& hit : found) {
    const std::string content = hit["content"];
    for (const Json& mark : hit["highlights"]) {
      std::string word;
      std::size_t at = 0;
      for (const char c : content) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0u) != 0x80;
        if (begins) ++at;
        if (at > mark[0].get<std::size_t>() && at <= mark[1].get<std::size_t>()) word += c;
      }
      ++marks;
      EXPECT_FALSE(word.empty());
      EXPECT_EQ(word.find(' '), std::string::npos) << word;
    }
  }
  EXPECT_GT(marks, 0u);
}

TEST_P(SearchTool, AnExplanationAddsUpToTheScore) {
  const Json found = results({{"query", "biased credit decisions"}, {"explain", true}});
  ASSERT_FALSE(found.empty());
  for (const Json& hit : found) {
    double words = 0, factors = 1, more = 0;
    for (const Json& part : hit["explanation"]) {
      const std::string what = part["what"];
      const double value = part["value"];
      if (what.starts_with("words: "))
        words += value;
      else if (what.starts_with("factor: "))
        factors *= value;
      else
        more += value;
    }
    const double score = hit["score"];
    EXPECT_NEAR(words * factors + more, score, 1e-4 * score) << hit.dump();
  }
  EXPECT_FALSE(results({{"query", "biased credit decisions"}})[0].contains("explanation"));
}

TEST_P(SearchTool, FindsWhatIsMeant) {
  const std::pair<const char*, const char*> cases[] = {{"promt injecton", "Prompt Injection"},
                                                       {"the bot made it up", "Hallucination"}};
  for (const auto& [query, title] : cases) {
    const Json found = results({{"query", query}, {"kind", "risk"}, {"limit", 1}});
    ASSERT_FALSE(found.empty()) << query;
    EXPECT_NE(found[0]["title"].get<std::string>().find(title), std::string::npos) << found;
  }
}

TEST_P(SearchTool, AnswersHonestlyWhenThereIsNothingToFind) {
  for (const char* query : {"the of and", "xqzjw", "((((a+)+)+)+$", "\xE2\x80\x8B", "   "})
    EXPECT_TRUE(results({{"query", query}}).empty()) << query;
}

INSTANTIATE_TEST_SUITE_P(Ways, SearchTool,
                         testing::Combine(testing::Values(Wire::kStdio, Wire::kHttp),
                                          testing::Values(Era::kLegacy, Era::kModern)),
                         name_of);

}  // namespace
}  // namespace govhost::test
