// Changes: all or nothing, replacing, erasing, and what is held afterwards.
#include "fixture.h"

namespace search_plugin_test {
namespace {

using Ids = std::vector<std::string>;

Passage simple(std::string id, std::string text, std::string version = "1") {
  Passage passage;
  passage.id = std::move(id);
  passage.text = std::move(text);
  passage.version = std::move(version);
  return passage;
}

TEST(SearchApply, HoldsIdsAndVersions) {
  Index index({simple("b", "x", "v2"), simple("a", "x", ""), simple("c", "x", "v3")});
  EXPECT_EQ(index.held(), (Held{{"a", ""}, {"b", "v2"}, {"c", "v3"}}));
  index.put({simple("aa", "x", "v4"), erased("c")});
  EXPECT_EQ(index.held(), (Held{{"a", ""}, {"aa", "v4"}, {"b", "v2"}}));
}

TEST(SearchApply, ReplacesById) {
  Index index({{"a", "Old title", "", "old text", {{"kind", "risk"}}}, simple("b", "text")});
  index.put({{"a", "New", "", "new words", {{"kind", "mitigation"}}, "2"}});
  EXPECT_EQ(index.ids("old"), Ids{});
  EXPECT_EQ(index.ids("new"), Ids{"a"});
  EXPECT_EQ(index.ids("new", {{"kind", "risk"}}), Ids{});
  EXPECT_EQ(index.ids("new", {{"kind", "mitigation"}}), Ids{"a"});
  EXPECT_EQ(index.held(), (Held{{"a", "2"}, {"b", "1"}}));
}

TEST(SearchApply, ErasesAndKeepsTheRest) {
  Index index({simple("a", "data one"), simple("b", "data two"), simple("c", "data three")});
  index.put({erased("b"), erased("unknown")});
  EXPECT_EQ(index.ids("data"), (Ids{"a", "c"}));
  EXPECT_EQ(index.ids("two"), Ids{});
  index.put({erased("a"), erased("c")});
  EXPECT_EQ(index.query("data").total, 0u);
  EXPECT_TRUE(index.held().empty());
  index.put({simple("a", "data again")});
  EXPECT_EQ(index.ids("again"), Ids{"a"});
}

TEST(SearchApply, TheLastOperationOnAnIdCounts) {
  Index index({simple("a", "first"), simple("a", "second", "2"), simple("b", "x"), erased("b"),
               erased("c"), simple("c", "third", "3")});
  EXPECT_EQ(index.held(), (Held{{"a", "2"}, {"c", "3"}}));
  EXPECT_EQ(index.ids("first"), Ids{});
  EXPECT_EQ(index.ids("second third"), (Ids{"a", "c"}));
}

TEST(SearchApply, TakesEmptyFieldsAndAnEmptyBatch) {
  Index index({simple("a", "")});
  index.put({});
  EXPECT_EQ(index.held(), (Held{{"a", "1"}}));
  EXPECT_EQ(index.ids("a"), Ids{});
}

TEST(SearchApply, ABadOperationLeavesEverythingAsItWas) {
  Index index({simple("kept", "data")});
  const Held before = index.held();
  const struct {
    const char* what;
    void (*spoil)(gov_index_op&);
    const char* says;
  } cases[] = {
      {"empty id", [](gov_index_op& op) { op.id.len = 0; }, "id is empty"},
      {"null id", [](gov_index_op& op) { op.id.ptr = nullptr; }, "id is null"},
      {"huge id", [](gov_index_op& op) { op.id.len = 1025; }, "at most 1024"},
      {"huge version", [](gov_index_op& op) { op.version.len = 1025; }, "version has 1025"},
      {"huge title", [](gov_index_op& op) { op.title.len = 1u << 20; }, "title has"},
      {"endless text", [](gov_index_op& op) { op.text.len = UINT64_MAX; }, "text has"},
      {"null text",
       [](gov_index_op& op) {
         op.text = {nullptr, 5};
       },
       "text is null"},
      {"null facets", [](gov_index_op& op) { op.facets = nullptr, op.facet_count = 1; }, "facets"},
      {"old struct", [](gov_index_op& op) { op.struct_size = 8; }, "struct_size"},
  };
  for (const auto& c : cases) {
    Batch batch({simple("new", "data"), erased("kept"), simple("wrong", "data")});
    c.spoil(batch[2]);
    EXPECT_EQ(index.try_apply(batch), GOV_INVALID_ARGUMENT) << c.what;
    EXPECT_NE(index.error().find(c.says), std::string::npos) << index.error();
    EXPECT_NE(index.error().find("operation 2 of 3"), std::string::npos) << index.error();
    EXPECT_EQ(index.held(), before) << c.what;
    EXPECT_EQ(index.ids("data"), Ids{"kept"}) << c.what;
  }
  index.put({simple(std::string(1024, 'i'), "longest id")});
}

TEST(SearchApply, ACancelledBatchLeavesEverythingAsItWas) {
  Index index({simple("kept", "data")});
  gov::testing::Call call;
  call.cancel();
  gov_error error{sizeof error, 0, {}};
  const Batch batch({erased("kept"), simple("new", "data")});
  EXPECT_EQ(index.search().apply(index.instance(), call.raw(), batch.data(), batch.size(), &error),
            GOV_CANCELLED);
  EXPECT_EQ(index.held(), (Held{{"kept", "1"}}));
  EXPECT_EQ(index.ids("data"), Ids{"kept"});
}

TEST(SearchApply, CopiesWhatItKeeps) {
  Index index;
  {
    std::vector<Passage> passages{{"id", "Title", "Heading", "text", {{"kind", "risk"}}, "v"}};
    index.put(passages);
    for (Passage& p : passages)
      for (std::string* s : {&p.id, &p.title, &p.text, &p.version, &p.facets[0].second})
        std::fill(s->begin(), s->end(), '#');
  }
  EXPECT_EQ(index.ids("text", {{"kind", "risk"}}), Ids{"id"});
  EXPECT_EQ(index.held(), (Held{{"id", "v"}}));
}

TEST(SearchApply, HoldsLargeBatchesAndTexts) {
  // Above 8 MiB a batch becomes several segments.
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i)
    text += "word" + std::to_string(i % 5000) + " common ";
  Index index({simple("a", text + "onlya"), simple("b", text), simple("c", text),
               simple("d", text + "onlyd")});
  EXPECT_EQ(index.query("common").total, 4u);
  const auto hits = index.query("onlyd");
  ASSERT_EQ(hits.all.size(), 1u);
  EXPECT_EQ(matched_words(hits.all[0], text + "onlyd"), Ids{"onlyd"});
  index.put({erased("a"), simple("b", "small")});
  EXPECT_EQ(index.query("common").total, 2u);
  EXPECT_EQ(index.host().metric_value("index_passages"), 3);
}

TEST(SearchApply, HeldStopsWhenTheReceiverRefuses) {
  Index index({simple("a", "x"), simple("b", "x"), simple("c", "x")});
  int seen = 0;
  gov_error error{sizeof error, 0, {}};
  const gov::testing::Call call;
  EXPECT_EQ(index.search().held(
                index.instance(), call.raw(), &seen,
                [](void* ctx, gov_str, gov_str) {
                  return ++*static_cast<int*>(ctx) == 2 ? gov_status{GOV_UNAVAILABLE}
                                                        : gov_status{GOV_OK};
                },
                &error),
            GOV_UNAVAILABLE);
  EXPECT_EQ(seen, 2);
}

}  // namespace
}  // namespace search_plugin_test
