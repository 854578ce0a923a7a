// What passages of one document make of each other, and what a score is made of.
#include "../search/fixture.h"

namespace search_plugin_test {
namespace {

using Ids = std::vector<std::string>;

Passage passage(const std::string& document, int number, std::string text) {
  Passage made;
  made.id = document + "#" + std::to_string(number);
  made.title = document;
  made.text = std::move(text);
  made.document = document;
  return made;
}

gov::testing::Hits ask(Index& index, std::string_view text, std::uint32_t per_document,
                       std::uint32_t flags = 0) {
  gov_query query = query_of(text, 1000);
  query.per_document = per_document;
  query.flags = flags;
  gov::testing::Hits hits;
  EXPECT_EQ(index.ask(query, hits), GOV_OK);
  return hits;
}

Ids ids(const gov::testing::Hits& hits) {
  Ids out;
  for (const auto& hit : hits.all) out.push_back(hit.id);
  return out;
}

TEST(SearchDocuments, EachGivesItsBestPassagesAndCountsOnce) {
  Index index({passage("a", 1, "leak leak leak of data"), passage("a", 2, "leak of data here"),
               passage("a", 3, "a leak among many other words that say nothing"),
               passage("b", 1, "one leak in a sentence of other words")});
  const auto two = ask(index, "leak", 2);
  EXPECT_EQ(ids(two), (Ids{"a#1", "a#2", "b#1"}));
  EXPECT_EQ(two.total, 2u) << "documents";
  const auto any = ask(index, "leak", 0);
  EXPECT_EQ(any.all.size(), 4u);
  EXPECT_EQ(any.total, 4u) << "passages";
}

TEST(SearchDocuments, TheOneThatHoldsTheWholeQueryInSeveralPassagesWins) {
  const std::vector<Passage> passages = {
      passage("apart", 1, "the vendor stores what is typed"),
      passage("apart", 2, "then customers complain about fees"),
      passage("once", 1, "the vendor vendor stores"),
      passage("once", 2, "nothing that matters stands here"),
  };
  Index whole(passages);
  EXPECT_EQ(ask(whole, "vendor stores customers fees", 4).all.at(0).id.substr(0, 5), "apart");
  Index alone(gov::testing::Config().set("document_weight", "0"));
  alone.put(passages);
  EXPECT_EQ(ask(alone, "vendor stores customers", 4).all.at(0).id, "once#1");
  EXPECT_EQ(ask(whole, "vendor stores customers", 0).all.at(0).id, "once#1")
      << "without a limit per document passages stand for themselves";
}

TEST(SearchDocuments, ALongDocumentDoesNotWinByTouchingOnEverything) {
  std::vector<Passage> passages = {passage("short", 1, "a bank leaks account data"),
                                   passage("short", 2, "account data belongs to clients")};
  const char* const words[] = {"leaks", "account", "clients", "data"};
  for (int i = 0; i < 60; ++i)
    passages.push_back(passage("long", i, std::string("a bank talks of ") + words[i % 4]));
  Index index(passages);
  EXPECT_EQ(ask(index, "bank leaks account clients data", 1).all.at(0).id.substr(0, 5), "short");
}

TEST(SearchDocuments, ScoresDoNotDependOnTheBatchesThatPassagesCameIn) {
  const std::vector<Passage> passages = {
      passage("a", 1, "the vendor stores what is typed"), passage("b", 1, "vendor risk in general"),
      passage("a", 2, "customers complain about the vendor"), passage("b", 2, "stores of value")};
  Index at_once(passages), one_by_one;
  for (const Passage& each : passages) one_by_one.put({each});
  const auto all = ask(at_once, "vendor stores customers", 4);
  const auto single = ask(one_by_one, "vendor stores customers", 4);
  ASSERT_EQ(ids(all), ids(single));
  for (std::size_t i = 0; i < all.all.size(); ++i)
    EXPECT_EQ(all.all[i].score, single.all[i].score) << all.all[i].id;
}

TEST(SearchDocuments, AnExplanationAddsUpToTheScore) {
  Index index({passage("a", 1, "the vendor stores data"), passage("a", 2, "customers complain"),
               passage("b", 1, "data of customers"), passage("c", 1, "nothing of it")});
  for (const std::uint32_t per_document : {0u, 3u}) {
    const auto hits = ask(index, "vendor data customers", per_document, GOV_QUERY_EXPLAIN);
    ASSERT_EQ(hits.all.size(), 3u);
    for (const auto& hit : hits.all) {
      double words = 0, factors = 1, whole = 0;
      for (const auto& [what, value] : hit.parts) {
        if (what.starts_with("words: ")) words += value;
        if (what.starts_with("factor: ")) factors *= value;
        if (what == "the whole document") whole = value;
      }
      EXPECT_GT(words, 0) << hit.id;
      EXPECT_EQ(whole > 0, per_document > 0) << hit.id;
      EXPECT_NEAR(words * factors + whole, hit.score, 1e-5 * hit.score) << hit.id;
    }
  }
  EXPECT_TRUE(ask(index, "vendor", 3).all.at(0).parts.empty()) << "only when it is asked for";
}

}  // namespace
}  // namespace search_plugin_test
