// What is found: words, compounds, stop words, facets, ranges; and what hostile queries cost.
#include "fixture.h"

#include <chrono>
#include <functional>

namespace search_plugin_test {
namespace {

using Ids = std::vector<std::string>;

TEST(SearchQuery, FindsInflectedFormsWithoutRegardToCase) {
  Index index({{"a", "", "", "Models may be POISONED.", {}}, {"b", "", "", "Nothing here.", {}}});
  for (const char* query : {"poisoning", "Poison", "POISONS model", "modelling poison"})
    EXPECT_EQ(index.ids(query), Ids{"a"}) << query;
  EXPECT_EQ(index.ids("zzzqqq"), Ids{});
  EXPECT_EQ(index.query("zzzqqq").total, 0u);
}

TEST(SearchQuery, MatchesWholeWordsOnly) {
  Index index({{"a", "", "", "We maintain the chair.", {}}, {"b", "", "", "AI systems", {}}});
  EXPECT_EQ(index.ids("ai"), Ids{"b"});
  EXPECT_EQ(index.ids("main"), Ids{});
}

TEST(SearchQuery, SearchesTitleHeadingAndText) {
  Index index({{"h", "", "Data poisoning", "x", {}},
               {"n", "other", "other", "other", {}},
               {"t", "Data Poisoning", "", "x", {}},
               {"x", "", "", "about data poisoning", {}}});
  EXPECT_EQ(index.ids("data poisoning"), (Ids{"t", "h", "x"}));
}

TEST(SearchQuery, AQueryOfStopWordsFindsNothing) {
  Index index({{"a", "the is are", "and for with", "the is are and for with this that", {}}});
  for (const char* query : {"the is are", "of to in on a an by or as at be it its", "", "  ", "!?",
                            "about into after before between through from was were have has had"})
    EXPECT_TRUE(index.ids(query).empty()) << query;
}

TEST(SearchQuery, AKnownCompoundWithADigitMatchesAsAWholeOnly) {
  Index index({{"ac-1", "NIST", "AC-1 Policy and procedures", "ac-1", {}},
               {"ac-2", "NIST", "AC-2 Account management", "ac-2 has 1 account", {}},
               {"llm", "OWASP", "LLM01:2025 Prompt Injection", "", {}},
               {"one", "", "", "1 ac", {}},
               {"two", "", "", "See AC-1/AC-3, or llm04:2025.", {}}});
  EXPECT_EQ(index.ids("AC-1"), (Ids{"ac-1", "two"}));
  EXPECT_EQ(index.ids("ac\u20111"), (Ids{"ac-1", "two"})) << "U+2011 is a hyphen";
  EXPECT_EQ(index.ids("AC-2"), Ids{"ac-2"});
  EXPECT_EQ(index.ids("llm01:2025"), Ids{"llm"});
  EXPECT_EQ(index.ids("llm01"), Ids{"llm"}) << "parts are words of their own";
  // Written with another connector the whole is unknown: its parts are searched, both beat one.
  EXPECT_EQ(index.ids("llm01-2025"), (Ids{"llm", "two"}));
}

TEST(SearchQuery, ACompoundWithoutDigitsMatchesItsParts) {
  Index index({{"a", "", "", "third-party software", {}},
               {"b", "", "", "software of a third party", {}},
               {"c", "", "", "a party", {}}});
  EXPECT_EQ(index.ids("third-party"), (Ids{"a", "b", "c"}));
  EXPECT_EQ(index.ids("third party"), (Ids{"a", "b", "c"}));
}

TEST(SearchQuery, FacetsOfOneNameAreAlternativesAndNamesAddUp) {
  Index index({{"1", "", "", "data", {{"kind", "risk"}, {"type", "SEC"}}},
               {"2", "", "", "data", {{"kind", "risk"}, {"type", "OP"}}},
               {"3", "", "", "data", {{"kind", "mitigation"}, {"type", "SEC"}}},
               {"4", "", "", "data", {}},
               {"5", "", "", "data", {{"type", "SEC"}, {"type", "OP"}, {"kind", "risk"}}}});
  EXPECT_EQ(index.ids("data"), (Ids{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(index.ids("data", {{"kind", "risk"}}), (Ids{"1", "2", "5"}));
  EXPECT_EQ(index.ids("data", {{"kind", "risk"}, {"type", "OP"}}), (Ids{"2", "5"}));
  EXPECT_EQ(index.ids("data", {{"type", "SEC"}, {"kind", "mitigation"}, {"type", "OP"}}), Ids{"3"});
  EXPECT_EQ(index.ids("data", {{"kind", "risk"}, {"kind", "mitigation"}}),
            (Ids{"1", "2", "3", "5"}));
  EXPECT_EQ(index.ids("data", {{"kind", "ri"}}), Ids{});
  EXPECT_EQ(index.ids("data", {{"source", "aigf"}}), Ids{});
  EXPECT_EQ(index.ids("data", {{"kindr", "isk"}}), Ids{}) << "name and value must not run together";
  EXPECT_EQ(index.query("data", 1, {{"kind", "risk"}}).total, 3u);
}

TEST(SearchQuery, FacetsHoldOverManyPassages) {
  std::vector<Passage> passages;
  for (int i = 0; i < 5000; ++i)
    passages.push_back({std::to_string(10000 + i),
                        "",
                        "",
                        "data",
                        {{"common", i % 2 ? "odd" : "even"}, {"rare", std::to_string(i / 5)}}});
  Index index(passages);
  EXPECT_EQ(index.query("data", 1, {{"common", "odd"}}).total, 2500u);
  EXPECT_EQ(index.ids("data", {{"rare", "999"}}),
            (Ids{"14995", "14996", "14997", "14998", "14999"}));
  EXPECT_EQ(index.ids("data", {{"rare", "999"}, {"common", "odd"}, {"rare", "0"}}),
            (Ids{"10001", "10003", "14995", "14997", "14999"}));
}

TEST(SearchQuery, LimitCutsHitsButNotTheTotal) {
  Index index(
      {{"a", "", "", "data data", {}}, {"b", "", "", "data", {}}, {"c", "", "", "data", {}}});
  EXPECT_EQ(index.query("data", 1).all.size(), 1u);
  EXPECT_EQ(index.query("data", 1).total, 3u);
  EXPECT_EQ(index.query("data", 4000000000u).all.size(), 3u);
  gov::testing::Hits hits;
  EXPECT_EQ(index.try_query("data", hits, 0), GOV_INVALID_ARGUMENT);
}

TEST(SearchQuery, RangesPointAtTheWordsOfTheText) {
  const std::string text =
      "🙂 Données: “Poisoned data” — the model’s DATA, third-party data-sets. AC-1! "
      "Naïve "
      "poisoning.";
  Index index({{"a", "data title data", "poison", text, {}}});
  EXPECT_EQ(matched_words(index.query("data poison").all.at(0), text),
            (Ids{"Poisoned", "data", "DATA", "data", "poisoning"}));
  EXPECT_EQ(matched_words(index.query("models NAÏVE données").all.at(0), text),
            (Ids{"Données", "model’s", "Naïve"}));
  EXPECT_EQ(matched_words(index.query("ac-1 third-party").all.at(0), text),
            (Ids{"third", "party", "AC-1"}));
  EXPECT_EQ(matched_words(index.query("title").all.at(0), text), Ids{});
}

TEST(SearchQuery, RangesOfACompoundAndItsPartsAreJoined) {
  const std::string text = "see ac-1 and ac";
  Index index({{"a", "", "", text, {}}});
  EXPECT_EQ(matched_words(index.query("ac ac-1").all.at(0), text), (Ids{"ac-1", "ac"}));
}

TEST(SearchQuery, GivesTheFirst64Ranges) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += i % 2 ? "beta gamma " : "alpha gamma ";
  Index index({{"a", "", "", text, {}}});
  const auto hit = index.query("alpha beta").all.at(0);
  ASSERT_EQ(hit.matches.size(), 64u);
  EXPECT_EQ(matched_words(hit, text)[0], "alpha");
  EXPECT_EQ(matched_words(hit, text)[63], "beta");
  EXPECT_LT(hit.matches[63].second, 64u * 12u);
}

TEST(SearchQuery, RangesHoldFarIntoTheIndex) {
  // More passages than one block of postings and one window of the ranking.
  std::vector<Passage> passages;
  for (int i = 0; i < 6000; ++i) {
    const std::string number = std::to_string(100000 + i);
    passages.push_back(
        {number,
         "",
         "",
         std::string(static_cast<std::size_t>(i % 50), '.') + "common n" + number + " even common",
         {}});
  }
  Index index(passages);
  EXPECT_EQ(index.query("common", 1).total, 6000u);
  for (const int i : {0, 127, 128, 129, 2047, 2048, 4096, 5999}) {
    const std::string number = std::to_string(100000 + i);
    const auto hits = index.query("common n" + number, 1);
    EXPECT_EQ(hits.total, 6000u);
    EXPECT_EQ(hits.all.at(0).id, number);
    EXPECT_EQ(matched_words(hits.all.at(0), passages[static_cast<std::size_t>(i)].text),
              (Ids{"common", "n" + number, "common"}));
  }
}

TEST(SearchQuery, UsesTheFirst64DistinctTerms) {
  std::string query;
  for (int i = 0; i < 63; ++i) query += "unknown" + std::to_string(i) + " ";
  Index index({{"a", "", "", "found", {}}, {"b", "", "", "late", {}}});
  EXPECT_EQ(index.ids(query + "found late"), Ids{"a"});
  EXPECT_EQ(index.ids(query + query + query + "found late"), Ids{"a"});
}

TEST(SearchQuery, SurvivesQueriesThatAreNotUtf8) {
  Index index({{"a", "", "", "data \xFF leak \xC3", {}}});
  EXPECT_EQ(index.ids("\xFF data \xE2\x82"), Ids{"a"});
  EXPECT_EQ(index.ids("\xFF\xFE\x80"), Ids{});
  EXPECT_EQ(index.ids(std::string_view("da\0ta leak", 10)), Ids{"a"});
}

TEST(SearchQuery, LongQueriesOfAnyShapeTakeLinearTime) {
  std::vector<Passage> passages;
  for (int i = 0; i < 500; ++i)
    passages.push_back({"p" + std::to_string(i), "", "", "a-1 data b w" + std::to_string(i), {}});
  Index index(passages);
  const std::pair<const char*, std::function<std::string(int)>> shapes[] = {
      {"one word", [](int) { return "data "; }},
      {"distinct words", [](int i) { return "w" + std::to_string(i) + " "; }},
      {"62 words over and over", [](int i) { return "w" + std::to_string(i % 62) + " "; }},
      {"one compound", [](int) { return "a-"; }},
      {"known compounds", [](int) { return "a-1 "; }},
      {"slashes", [](int) { return "a-1/"; }},
      {"one letter", [](int) { return "a"; }},
      {"stop words", [](int) { return "the "; }},
      {"apostrophes", [](int) { return "a'"; }},
      {"bad bytes", [](int) { return "\xFF"; }},
      {"emoji", [](int) { return "🙂"; }},
      {"ideographs", [](int) { return "数"; }},
      {"blanks", [](int) { return " "; }},
  };
  for (const auto& [name, piece] : shapes) {
    std::string query;
    for (int i = 0;; ++i) {
      const std::string next = piece(i);
      if (query.size() + next.size() > 65536) break;
      query += next;
    }
    const auto start = std::chrono::steady_clock::now();
    index.query(query, 50);
    // Some milliseconds; quadratic work on 64 KiB would be seconds even without a sanitizer.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << name;
  }
  gov::testing::Hits hits;
  EXPECT_EQ(index.try_query(std::string(65537, 'a'), hits), GOV_INVALID_ARGUMENT);
}

TEST(SearchQuery, StopsWhenTheSinkRefuses) {
  Index index({{"a", "", "", "data", {}}, {"b", "", "", "data", {}}, {"c", "", "", "data", {}}});
  struct Refusing {
    int hits = 0, totals = 0, refuse_at = 0;
    bool refuse_total = false;
  };
  const auto ask = [&](Refusing& sink) {
    const gov_hit_sink raw{sizeof raw, 0, &sink,
                           [](void* ctx, const gov_hit*) {
                             auto& s = *static_cast<Refusing*>(ctx);
                             return ++s.hits == s.refuse_at ? gov_status{GOV_RESOURCE_EXHAUSTED}
                                                            : gov_status{GOV_OK};
                           },
                           [](void* ctx, std::uint64_t) {
                             auto& s = *static_cast<Refusing*>(ctx);
                             ++s.totals;
                             return s.refuse_total ? gov_status{GOV_CANCELLED} : gov_status{GOV_OK};
                           }};
    const gov_query query = query_of("data", 10);
    gov_error error{sizeof error, 0, {}};
    const gov::testing::Call call;
    return index.search().query(index.instance(), call.raw(), &query, &raw, &error);
  };
  Refusing at_second{0, 0, 2, false};
  EXPECT_EQ(ask(at_second), GOV_RESOURCE_EXHAUSTED);
  EXPECT_EQ(at_second.hits, 2);
  EXPECT_EQ(at_second.totals, 0);
  Refusing at_total{0, 0, 0, true};
  EXPECT_EQ(ask(at_total), GOV_CANCELLED);
  EXPECT_EQ(at_total.hits, 3);
  EXPECT_EQ(at_total.totals, 1);
  Refusing never;
  EXPECT_EQ(ask(never), GOV_OK);
  EXPECT_EQ(never.totals, 1);
}

TEST(SearchQuery, ACancelledCallReturnsCancelled) {
  Index index({{"a", "", "", "data", {}}});
  gov::testing::Call call;
  call.cancel();
  gov::testing::Hits hits;
  const gov_query query = query_of("data", 10);
  gov_error error{sizeof error, 0, {}};
  EXPECT_EQ(index.search().query(index.instance(), call.raw(), &query, hits.sink(), &error),
            GOV_CANCELLED);
  EXPECT_TRUE(hits.all.empty());
}

TEST(SearchQuery, AnEmptyIndexAnswers) {
  Index index;
  EXPECT_EQ(index.query("data").total, 0u);
  EXPECT_EQ(index.query("data", 5, {{"kind", "risk"}}).total, 0u);
  EXPECT_TRUE(index.held().empty());
}

}  // namespace
}  // namespace search_plugin_test
