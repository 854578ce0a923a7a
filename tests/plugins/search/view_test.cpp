// A query that names sources is answered as by an index that holds nothing else: whoever may not
// see the rest must not find out by a score or by what is found which words it holds.
#include "fixture.h"

namespace search_plugin_test {
namespace {

Passage of_source(const char* source, const char* id, const char* title, const char* text) {
  Passage made{id, title, "Summary", text, {{"source", source}, {"kind", "risk"}}};
  made.document = std::string(source) + "/" + title;
  return made;
}

const std::vector<Passage> kOpen = {
    of_source("open", "a#1", "Prompt Injection", "Text steers the model against its operator."),
    of_source("open", "a#2", "Prompt Injection", "An injection hides in retrieved documents."),
    of_source("open", "b#1", "Data Poisoning", "Bad data teaches the model a wrong answer."),
    of_source("board", "c#1", "Model Drift", "A model that drifts injects wrong answers.")};
const std::vector<Passage> kSecret = {
    of_source("secret", "d#1", "Prompt Takeover Zebra-7", "A zebra prompts; prompt prompt prompt."),
    of_source("secret", "d#2", "Prompt Takeover Zebra-7",
              "Long text of many words on modls and more"),
    of_source("secret", "e#1", "Merger Giraffe", "The merger with Giraffe is secret data.")};

struct Told {
  std::vector<std::pair<std::string, float>> hits;
  std::vector<std::pair<std::string, double>> parts;
  std::uint64_t total = 0;
  bool operator==(const Told&) const = default;
};

Told ask(Index& index, const std::string& text, const Facets& facets, std::uint32_t per_document) {
  const std::vector<gov_pair> pairs = to_pairs(facets);
  const gov_alternative alternative{{0, text.size()}, gov::to_c("zebra"), 0.5f, 0};
  gov_query query = query_of(text, 1000);
  query.facets = pairs.data();
  query.facet_count = pairs.size();
  query.per_document = per_document;
  query.flags = GOV_QUERY_EXPLAIN;
  query.alternatives = &alternative;
  query.alternative_count = 1;
  gov::testing::Hits hits;
  EXPECT_EQ(index.ask(query, hits), GOV_OK);
  Told told;
  told.total = hits.total;
  for (const auto& hit : hits.all) {
    told.hits.emplace_back(hit.id, hit.score);
    told.parts.insert(told.parts.end(), hit.parts.begin(), hit.parts.end());
  }
  return told;
}

class SearchView : public testing::Test {
 protected:
  SearchView() : part(kOpen) {
    std::vector<Passage> both = kSecret;
    both.insert(both.end(), kOpen.begin(), kOpen.end());
    all.put(both);
  }
  Index all, part;
  const Facets seen{{"source", "open"}, {"source", "board"}};
};

// Words of both, of the hidden passages alone, compounds, misspelt ones near to either.
TEST_F(SearchView, AnswersAsIfItHeldTheSourcesAlone) {
  for (const char* text : {"prompt injection", "prompt zebra", "prompt zebra-7", "merger data",
                           "prompt zebar", "modle answers", "modls", "giraffe", "injection"})
    for (const std::uint32_t per_document : {0u, 2u}) {
      const Told told = ask(all, text, seen, per_document);
      EXPECT_EQ(told, ask(part, text, {}, per_document)) << text;
      for (const auto& [id, score] : told.hits) EXPECT_LT(id[0], 'd') << text;
    }
  EXPECT_NE(ask(all, "prompt zebra", {}, 0), ask(part, "prompt zebra", {}, 0));
}

TEST_F(SearchView, OfOtherFacetsTheWholeIndexCounts) {
  EXPECT_EQ(ask(all, "prompt injection", {{"kind", "risk"}}, 0),
            ask(all, "prompt injection", {}, 0));
  Facets narrower = seen;
  narrower.emplace_back("kind", "risk");
  EXPECT_EQ(ask(all, "prompt zebra", narrower, 2), ask(part, "prompt zebra", {}, 2));
}

TEST_F(SearchView, OfASourceThatHoldsNothingIsEmpty) {
  for (const std::uint32_t per_document : {0u, 2u})
    EXPECT_EQ(ask(all, "prompt zebra modle", {{"source", "none"}}, per_document), Told{});
}

}  // namespace
}  // namespace search_plugin_test
