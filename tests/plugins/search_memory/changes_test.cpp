// A large index that changes a little answers as one that never held anything else.
#include "../search/fixture.h"

#include <map>
#include <random>
#include <tuple>

namespace search_plugin_test {
namespace {

class ChangingCorpus {
 public:
  ChangingCorpus() {
    for (int i = 0; i < 1'200; ++i) write(i);
  }
  const std::map<std::string, Passage>& passages() const { return passages_; }
  std::vector<Passage> all() const {
    std::vector<Passage> out;
    for (const auto& [id, passage] : passages_) out.push_back(passage);
    return out;
  }
  // Changes some documents and returns the batch that says so.
  std::vector<Passage> change(int documents) {
    const std::map<std::string, Passage> before = passages_;
    for (int i = 0; i < documents; ++i) {
      const int number = static_cast<int>(random_() % 1'200);
      for (int part = 0; part < kParts; ++part) passages_.erase(id_of(number, part));
      if (random_() % 4 != 0) write(number);
    }
    std::vector<Passage> batch;
    for (const auto& [id, passage] : passages_)
      if (const auto old = before.find(id); old == before.end() || old->second.text != passage.text)
        batch.push_back(passage);
    for (const auto& [id, passage] : before)
      if (!passages_.contains(id)) batch.push_back(erased(id));
    return batch;
  }

 private:
  static constexpr int kParts = 4;

  static std::string id_of(int number, int part) {
    return "d" + std::to_string(number) + "#" + std::to_string(part);
  }
  // Frequent words and rare ones, as in a language.
  std::string words(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      const auto limit = std::size_t{1} << random_() % 14;
      out += "word" + std::to_string(random_() % limit) + " ";
    }
    return out;
  }
  void write(int number) {
    for (int part = 0; part < kParts - number % 2; ++part) {
      Passage passage;
      passage.id = id_of(number, part);
      passage.title = words(2);
      passage.text = words(40);
      passage.document = "d" + std::to_string(number);
      passage.facets = {{"kind", number % 3 == 0 ? "risk" : "mitigation"},
                        {"source", number % 5 == 0 ? "bank" : "open"}};
      passages_[passage.id] = std::move(passage);
    }
  }

  std::mt19937 random_{11};
  std::map<std::string, Passage> passages_;
};

using Shown = std::vector<std::tuple<std::string, float, std::size_t>>;

Shown shown(Index& index, const char* text, std::uint32_t per_document, const Facets& facets) {
  const std::vector<gov_pair> pairs = to_pairs(facets);
  gov_query query = query_of(text, 50);
  query.per_document = per_document;
  query.facets = pairs.data();
  query.facet_count = pairs.size();
  gov::testing::Hits hits;
  EXPECT_EQ(index.ask(query, hits), GOV_OK);
  Shown out{{"total", 0.0f, hits.total}};
  for (const auto& hit : hits.all) out.emplace_back(hit.id, hit.score, hit.matches.size());
  return out;
}

TEST(SearchChanges, ALargeIndexThatChangesALittleIsAsGoodAsNew) {
  ChangingCorpus corpus;
  Index changed(corpus.all());
  for (const int documents : {1, 5, 20, 3, 400, 2, 30}) {
    changed.put(corpus.change(documents));
    Index fresh(corpus.all());
    EXPECT_EQ(changed.held(), fresh.held());
    for (const char* text : {"word1", "word3 word200", "word17 word5000", "word0 word1 word2",
                             "word4000", "word900 word6 word33"})
      for (const std::uint32_t per_document : {0u, 3u})
        for (const Facets& facets :
             {Facets{}, Facets{{"kind", "risk"}}, Facets{{"source", "bank"}}})
          EXPECT_EQ(shown(changed, text, per_document, facets),
                    shown(fresh, text, per_document, facets))
              << text << " after " << documents << " documents changed";
  }
}

TEST(SearchChanges, WhatIsGoneStaysGoneWhenPartsAreMerged) {
  ChangingCorpus corpus;
  Index index(corpus.all());
  index.put(corpus.change(10));
  const Held before = index.held();
  std::vector<Passage> more, no_more;
  for (const auto& [id, passage] : corpus.passages()) {
    more.push_back(passage);
    more.back().id = "more" + id;
    no_more.push_back(erased("more" + id));
  }
  index.put(std::move(more));  // as much as there is: both become one
  index.put(std::move(no_more));
  EXPECT_EQ(index.held(), before);
  Index fresh(corpus.all());
  EXPECT_EQ(shown(index, "word1 word30", 3, {}), shown(fresh, "word1 word30", 3, {}));
}

// The marks of what is gone must go away with it.
TEST(SearchChanges, EverythingCanGoAndComeBack) {
  ChangingCorpus corpus;
  Index index(corpus.all());
  index.put(corpus.change(10));
  std::vector<Passage> gone;
  for (const auto& [id, passage] : corpus.passages()) gone.push_back(erased(id));
  index.put(std::move(gone));
  EXPECT_TRUE(index.held().empty());
  EXPECT_TRUE(index.query("word1").all.empty());
  index.put(corpus.all());
  Index fresh(corpus.all());
  EXPECT_EQ(shown(index, "word1 word30", 3, {}), shown(fresh, "word1 word30", 3, {}));
}

}  // namespace
}  // namespace search_plugin_test
