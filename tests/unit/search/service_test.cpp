// What the service makes of a backend's hits.
#include "search/service.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "fixtures.h"

namespace govhost::search {
namespace {

using fixtures::Indexed;
using fixtures::snapshot;

constexpr const char* kDocument =
    "Opening words.\n\n## Summary\n\nSummary words.\n\n## Detail\n\nDetail words.\n\n## "
    "Links\n\nLinks words.\n";

std::shared_ptr<const content::Snapshot> three_risks() {
  return snapshot({{"_risks/ri-1_a.md", kDocument},
                   {"_risks/ri-2_b.md", kDocument},
                   {"_risks/ri-3_c.md", kDocument}});
}

std::vector<std::string> documents(const Results& results) {
  std::vector<std::string> ids;
  for (const Found& found : results.hits) ids.push_back(found.document->id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(Service, TellsTheBackendWhatEachPassageIs) {
  fixtures::FakeBackend backend;
  std::string seen;
  backend.on_apply = [&](std::span<const plugin::Passage> put) {
    const plugin::Passage& p = put[1];
    seen = std::string(p.id) + "|" + std::string(p.title) + "|" + std::string(p.heading) + "|" +
           std::string(p.text);
    for (const gov_pair& f : p.facets)
      seen += "|" + std::string(gov::to_cpp(f.name)) + "=" + std::string(gov::to_cpp(f.value));
    EXPECT_EQ(p.version.size(), 64u);
  };
  Service service(backend);
  plugin::CallContext call(fixtures::soon());
  ASSERT_TRUE(service.index(call, snapshot({{"_risks/ri-1_a.md", kDocument}}, "docs")).ok());
  EXPECT_EQ(backend.ids,
            (Ids{"risk/1_a#", "risk/1_a#summary", "risk/1_a#detail", "risk/1_a#links"}));
  EXPECT_EQ(seen, "risk/1_a#summary|A (RI-1)|Summary|Summary words.|kind=risk|source=docs");
}

TEST(Service, HandsTheQueryOnAsItIs) {
  Indexed i(three_risks());
  i.ask({"two  words", {"risk", "mitigation"}, {"docs"}, 5});
  EXPECT_EQ(i.backend.asked_text, "two  words");
  EXPECT_EQ(i.backend.asked_facets, (Ids{"kind=risk", "kind=mitigation", "source=docs"}));
  EXPECT_GT(i.backend.asked_limit, 0u);
  i.ask();
  EXPECT_TRUE(i.backend.asked_facets.empty());
}

TEST(Service, AnswersWithTheSnapshotsOwnDocuments) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/2_b#detail", 2, {{0, 6}}}};
  const Results results = i.ask();
  ASSERT_EQ(results.hits.size(), 1u);
  const Found& found = results.hits[0];
  EXPECT_EQ(found.document, &i.content->documents()[1]);
  EXPECT_EQ(found.section, &i.content->documents()[1].sections[1]);
  EXPECT_EQ(found.entry, nullptr);
  EXPECT_EQ(found.heading, "Detail");
  EXPECT_EQ(found.snippet, "Detail words.");
  EXPECT_EQ(results.total, 1u);
  EXPECT_EQ(results.snapshot, i.content);
}

TEST(Service, NoHitsAreAnAnswer) {
  Indexed i(three_risks());
  const Results results = i.ask();
  EXPECT_TRUE(results.hits.empty());
  EXPECT_EQ(results.total, 0u);
}

TEST(Service, GroupsByDocumentBestFirst) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/1_a#detail", 1, {{0, 6}}},
                    {"risk/3_c#summary", 3, {{0, 7}}},
                    {"risk/3_c#detail", 2, {{0, 6}}},
                    {"risk/2_b#summary", 2, {{0, 7}}}};
  const Results results = i.ask();
  EXPECT_EQ(documents(results), (Ids{"3_c", "2_b", "1_a"}));
  EXPECT_EQ(results.total, 3u);
  EXPECT_GT(results.hits[0].score, 3.0) << "further passages add a little";
  EXPECT_LT(results.hits[0].score, 4.0);
}

TEST(Service, MorePassagesDecideBetweenEqualDocuments) {
  Indexed i(three_risks());
  i.backend.hits = {
      {"risk/1_a#detail", 2, {}}, {"risk/2_b#detail", 2, {}}, {"risk/2_b#summary", 1, {}}};
  EXPECT_EQ(documents(i.ask()), (Ids{"2_b", "1_a"}));
}

TEST(Service, EqualScoresStandInTheSnapshotsOrder) {
  Indexed i(three_risks());
  for (const char* id : {"risk/3_c#detail", "risk/1_a#detail", "risk/2_b#detail"})
    i.backend.hits.push_back({id, 1, {}});
  EXPECT_EQ(documents(i.ask()), (Ids{"1_a", "2_b", "3_c"}));
}

TEST(Service, TheLimitCutsTheHitsAndNotTheTotal) {
  Indexed i(three_risks());
  for (const char* id : {"risk/1_a#", "risk/2_b#", "risk/3_c#"})
    i.backend.hits.push_back({id, 1, {}});
  for (const std::size_t limit : {0u, 1u, 2u, 3u, 50u}) {
    const Results results = i.ask({"words", {}, {}, limit});
    EXPECT_EQ(results.hits.size(), std::min<std::size_t>(limit, 3));
    EXPECT_EQ(results.total, 3u);
  }
}

TEST(Service, ShowsTheOpeningWhenItIsNearlyAsGood) {
  Indexed i(three_risks());
  const auto heading = [&] { return i.ask().hits.at(0).heading; };
  i.backend.hits = {{"risk/1_a#detail", 10, {{0, 6}}}, {"risk/1_a#", 7, {{0, 7}}}};
  EXPECT_EQ(heading(), "A");
  i.backend.hits[1] = {"risk/1_a#summary", 7, {{0, 7}}};  // the first section is an opening too
  EXPECT_EQ(heading(), "Summary");
  i.backend.hits[1].score = 5;
  EXPECT_EQ(heading(), "Detail");
  i.backend.hits[1] = {"risk/1_a#", 9, {}};  // the words stand in the title: nothing to show there
  EXPECT_EQ(heading(), "Detail");
}

TEST(Service, ShowsAPassageWhoseTextHoldsTheMatch) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/1_a#", 10, {}}, {"risk/1_a#detail", 4, {{0, 6}}}};
  EXPECT_EQ(i.ask().hits.at(0).heading, "Detail");
  i.backend.hits[1].score = 2;  // too weak to stand for the document
  EXPECT_EQ(i.ask().hits.at(0).heading, "A");
  EXPECT_EQ(i.ask().hits.at(0).snippet, "A (RI-1): A. Opening words.")
      << "a match in the title is shown";
}

TEST(Service, ReadingListsStandLast) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/1_a#links", 10, {{0, 5}}}, {"risk/2_b#detail", 5, {{0, 6}}}};
  EXPECT_EQ(documents(i.ask()), (Ids{"2_b", "1_a"}));
  i.backend.hits[1].id = "risk/1_a#detail";
  EXPECT_EQ(i.ask().hits.at(0).heading, "Detail");
}

TEST(Service, IgnoresIdsItDoesNotKnow) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/9_gone#summary", 9, {}},
                    {"", 8, {}},
                    {"risk/1_a#summary", 1, {}},
                    {std::string(100'000, 'x'), 7, {}}};
  const Results results = i.ask();
  EXPECT_EQ(documents(results), Ids{"1_a"});
  EXPECT_EQ(results.total, 1u);
}

TEST(Service, IgnoresRangesOutsideTheText) {
  Indexed i(three_risks());
  // The text has 14 bytes.
  const gov_range outside[] = {
      {5, 5}, {6, 3}, {0, 15}, {14, 20}, {UINT64_MAX - 1, UINT64_MAX}, {0, UINT64_MAX}};
  for (const gov_range& bad : outside) {
    i.backend.hits = {{"risk/1_a#summary", 1, {bad}}};
    EXPECT_EQ(i.ask().hits.at(0).snippet, "A (RI-1): Summary. Summary words.")
        << bad.begin << ' ' << bad.end;
    i.backend.hits[0].matches = {bad, {8, 14}};
    EXPECT_EQ(i.ask().hits.at(0).snippet, "Summary words.");
  }
}

// Scores travel as JSON, which has no such numbers, and sorting needs an order.
TEST(Service, ScoresThatAreNoNumbersCountNothing) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int n = 10; n < 60; ++n)
    files.emplace_back("_risks/ri-" + std::to_string(n) + "_x.md", "text");
  Indexed i(snapshot(files));
  using Float = std::numeric_limits<float>;
  const float strange[] = {Float::quiet_NaN(), Float::infinity(), -Float::infinity(), 0.5f};
  for (int n = 10; n < 60; ++n)
    i.backend.hits.push_back({"risk/" + std::to_string(n) + "_x#", strange[n % 4], {}});
  i.backend.hits[30].score = 2;
  const Results results = i.ask({"words", {}, {}, 50});
  EXPECT_EQ(results.hits.size(), 50u);
  EXPECT_EQ(results.hits[0].score, 2);
  for (const Found& found : results.hits) EXPECT_TRUE(std::isfinite(found.score));
}

TEST(Service, FrameworksAnswerWithEntriesAtMostThreeEach) {
  std::string large, small;
  for (const std::string key : {"a1", "a2", "a3", "a4", "a5"})
    large += key + ":\n  title: Title " + key + "\n  url: https://x\n";
  small = "b1:\n  title: Small\n  url: https://y\n";
  Indexed i(
      snapshot({{"_data/references/large.yml", large}, {"_data/references/small.yml", small}}));
  float score = 9;
  for (const char* id : {"framework/large#a5", "framework/large#a4", "framework/large#a3",
                         "framework/large#a2", "framework/small#b1"})
    i.backend.hits.push_back({id, score--, {{0, 5}}});
  const Results results = i.ask({"words", {"framework"}, {}, 10});
  std::vector<std::string> entries;
  for (const Found& found : results.hits) {
    ASSERT_NE(found.entry, nullptr);
    EXPECT_EQ(found.section, nullptr);
    entries.push_back(found.entry->key);
  }
  EXPECT_EQ(entries, (Ids{"a5", "a4", "a3", "b1"}));
  EXPECT_EQ(results.total, 4u);
  EXPECT_EQ(results.hits[0].heading, "Title a5");
  EXPECT_EQ(i.ask({"words", {"framework"}, {}, 2}).hits.size(), 2u);
  // Among other kinds a framework is a document like any other.
  EXPECT_EQ(documents(i.ask({"words", {}, {}, 10})), (Ids{"large", "small"}));
}

TEST(Service, AFailedQueryIsItsError) {
  Indexed i(three_risks());
  i.backend.hits = {{"risk/1_a#summary", 1, {}}};
  i.backend.query_answer = gov::resource_exhausted("too many words");
  const auto found = i.service.query(i.call, {"words", {}, {}, 5});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.status().code(), GOV_RESOURCE_EXHAUSTED);
  EXPECT_EQ(found.status().message(), "too many words");
}

}  // namespace
}  // namespace govhost::search
