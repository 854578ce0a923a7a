// Words that the index lacks, and words that the host says mean the same.
#include "fixture.h"

#include <limits>
#include <utility>

namespace search_plugin_test {
namespace {

using Ids = std::vector<std::string>;

struct Meant {
  std::uint64_t begin, end;  // bytes of the query
  const char* text;
  float weight;
};

gov_status try_ask(Index& index, std::string_view text, const std::vector<Meant>& meant,
                   gov::testing::Hits& hits) {
  std::vector<gov_alternative> alternatives;
  for (const Meant& each : meant)
    alternatives.push_back({{each.begin, each.end}, gov::to_c(each.text), each.weight, 0});
  gov_query query = query_of(text, 1000);
  query.alternatives = alternatives.data();
  query.alternative_count = alternatives.size();
  return index.ask(query, hits);
}

Ids ask(Index& index, std::string_view text, const std::vector<Meant>& meant = {}) {
  gov::testing::Hits hits;
  EXPECT_EQ(try_ask(index, text, meant, hits), GOV_OK);
  Ids out;
  for (const auto& hit : hits.all) out.push_back(hit.id);
  return out;
}

TEST(SearchMeaning, AWordThatNoPassageHasIsTakenForTheNearestOne) {
  Index index({{"drift", "", "", "model drift", {}},
               {"halluc", "", "", "hallucination", {}},
               {"cat", "", "", "cat", {}},
               {"bat", "", "", "a bat, a bat", {}}});
  const struct {
    const char* query;
    Ids found;
  } cases[] = {
      {"modle driift", {"drift"}},   // neighbours swapped; one letter more
      {"drft", {"drift"}},           // one left out
      {"drxft", {"drift"}},          // one changed
      {"halucinatoin", {"halluc"}},  // two errors in a long word
      {"drxyt", {}},                 // two errors in a short one
      {"rat", {}},                   // three letters may mean anything
      {"1rift", {}},                 // numbers are not guessed at
      {"cat", {"cat"}},              // a word that is there is what it is
  };
  for (const auto& [query, found] : cases) EXPECT_EQ(ask(index, query), found) << query;
}

TEST(SearchMeaning, AWordThatIsSpeltRightCountsMore) {
  Index right({{"a", "", "", "drift", {}}});
  EXPECT_GT(right.query("drift").all.at(0).score, right.query("driift").all.at(0).score);
}

TEST(SearchMeaning, AlternativesFindWhatTheWordsDoNot) {
  Index index({{"llm", "", "", "a large language model", {}},
               {"bot", "", "", "a bot", {}},
               {"large", "", "", "a large thing", {}}});
  EXPECT_EQ(ask(index, "bot"), (Ids{"bot"}));
  EXPECT_EQ(ask(index, "bot", {{0, 3, "large language model", 0.5f}}),
            (Ids{"bot", "llm", "large"}));
  EXPECT_EQ(ask(index, "bot", {{0, 3, "large unheard-of model", 0.5f}}), (Ids{"bot"}))
      << "a phrase without one of its words means something else";
}

TEST(SearchMeaning, TheQuerysOwnWordCountsMoreThanAnAlternative) {
  Index index({{"own", "", "", "leak here", {}}, {"other", "", "", "exposure here", {}}});
  EXPECT_EQ(ask(index, "leak", {{0, 4, "exposure", 0.9f}}), (Ids{"own", "other"}));
}

TEST(SearchMeaning, AlternativesOfAPhraseStandForAllOfIt) {
  Index index({{"other", "", "", "assistant", {}}, {"chat", "", "", "chat", {}}});
  EXPECT_EQ(ask(index, "chat tool", {{0, 9, "assistant", 0.5f}}).size(), 2u);
}

TEST(SearchMeaning, WeightsOutOfRangeAndPlacesOutOfTheTextHarmNothing) {
  Index index({{"a", "", "", "exposure", {}}, {"b", "", "", "leak", {}}});
  for (const float weight : {0.0f, -1.0f, 2.0f, std::numeric_limits<float>::quiet_NaN()})
    EXPECT_EQ(ask(index, "leak", {{0, 4, "exposure", weight}}), (Ids{"b"})) << weight;
  for (const auto& [begin, end] : {std::pair<std::uint64_t, std::uint64_t>{9, 3}, {0, 1u << 30}})
    EXPECT_EQ(ask(index, "leak", {{begin, end, "exposure", 0.5f}}).size(), 2u);
}

TEST(SearchMeaning, AlternativesAreBounded) {
  std::vector<Passage> passages;
  for (int i = 0; i < 500; ++i) {
    const std::string word = "w" + std::string(1, static_cast<char>('a' + i % 26)) + "x" +
                             std::string(1, static_cast<char>('a' + i / 26));
    passages.push_back({std::to_string(i), "", "", word, {}});
  }
  Index index(passages);
  std::vector<Meant> meant;
  for (const Passage& each : passages) meant.push_back({0, 5, each.text.c_str(), 0.5f});
  EXPECT_EQ(ask(index, "thing", meant).size(), 96u);
}

}  // namespace
}  // namespace search_plugin_test
