// What of a source is not taken: keys, times, sizes and numbers of documents.
#include "sync/collect.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "fixtures.h"

namespace govhost::sync {
namespace {

using namespace std::string_literals;

// Times that the clock cannot hold would be undefined behaviour and dates out of nowhere.
TEST(Collect, ImpossibleTimesAreUnknown) {
  using Limits = std::numeric_limits<std::int64_t>;
  Collecting c;
  std::vector<std::int64_t> times{0, Limits::min(), Limits::max(), -86'400'000};
  const std::string keys = "abcd";
  for (std::size_t i = 0; i < times.size(); ++i)
    c.source.heads.push_back({std::string_view(keys).substr(i, 1), {}, {}, {}, {}, times[i], 0});
  ASSERT_TRUE(c.run().ok());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(c.got.documents[i].modified) << times[i];
  EXPECT_EQ(c.got.documents[3].modified,
            std::chrono::system_clock::time_point(std::chrono::hours(-24)));
}

TEST(Collect, LeavesOutKeysThatAreNoPlainPath) {
  const std::string bad[] = {"",
                             "/a",
                             "/",
                             ".",
                             "..",
                             "../a",
                             "a/../b",
                             "a/..",
                             "a/.",
                             "./a",
                             "a//b",
                             "a/",
                             "a\nb",
                             "a\0b"s,
                             "a\x7F",
                             "a\\b",
                             "\xFF",
                             "\xC3",
                             "\xED\xA0\x80",
                             std::string(1025, 'k'),
                             "a/\t"};
  const std::string good[] = {
      "a", "a.b", "..a", "a..", "...", ".hidden", "a b/c d", "\xC3\xA9", std::string(1024, 'k')};
  Collecting c;
  for (const std::string& key : bad) c.source.add(key);
  for (const std::string& key : good) c.source.add(key);
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.keys(), Keys(std::begin(good), std::end(good)));
  EXPECT_EQ(c.source.fetched, c.keys());
  ASSERT_EQ(c.got.notes.size(), std::size(bad));
  for (const content::Note& note : c.got.notes) {
    EXPECT_TRUE(contains(note.message, "relative path")) << note.message;
    EXPECT_TRUE(note.skipped);
    EXPECT_EQ(note.source, "docs");
    EXPECT_LE(note.key.size(), 1024u);
  }
  EXPECT_EQ(c.got.notes[16].key, "\xEF\xBF\xBD");
}

TEST(Collect, ServesTheFirstOfTwoEqualKeys) {
  Collecting c;
  for (const char* key : {"a", "b", "a"}) c.source.add(key);
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.keys(), (Keys{"a", "b"}));
  EXPECT_TRUE(contains(c.note(), "twice")) << c.note();
  EXPECT_EQ(c.got.notes.size(), 1u);
}

TEST(Collect, EqualKeysOfTwoSourcesAreTwoDocuments) {
  Collecting c;
  c.source.add("a");
  ASSERT_TRUE(c.run().ok());
  ASSERT_TRUE(c.run("other").ok());
  EXPECT_EQ(c.keys(), (Keys{"a", "a"}));
  EXPECT_EQ(c.got.documents[1].source, "other");
  EXPECT_TRUE(c.got.notes.empty());
}

TEST(Collect, LeavesOutWhatTheHeadSaysIsTooLarge) {
  Collecting c;
  c.limits.max_document = 100;
  c.source.add("fits", 100);
  c.source.add("large", 101);
  c.source.add("huge", UINT64_MAX);
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.source.fetched, Keys{"fits"});
  EXPECT_EQ(c.note(),
            "is larger (101 bytes) than host.max_document (100 bytes); raise the limit or split "
            "the file");
  EXPECT_EQ(c.got.notes.size(), 2u);
}

// The head may lie: the bytes count.
TEST(Collect, LeavesOutWhatTurnsOutTooLarge) {
  Collecting c;
  c.limits.max_document = 100;
  std::size_t taken = 0;
  for (const char* key : {"endless", "exact", "other"}) c.source.add(key, 1);
  c.source.fetches["endless"] = [&](auto key, auto& on_head, auto& on_body) -> gov::Status {
    if (gov::Status s = on_head({key, {}, {}, {}, {}, 0, 0}); !s.ok()) return s;
    for (;; ++taken)
      if (gov::Status s = on_body("0123456789"); !s.ok()) return s;
  };
  c.source.fetches["exact"] = [](auto key, auto& on_head, auto& on_body) -> gov::Status {
    if (gov::Status s = on_head({key, {}, {}, {}, {}, 0, 0}); !s.ok()) return s;
    return on_body(std::string(100, 'x'));
  };
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(taken, 10u);
  EXPECT_EQ(c.keys(), (Keys{"exact", "other"}));
  EXPECT_TRUE(contains(c.note(), "larger than host.max_document (100 bytes)")) << c.note();
  EXPECT_EQ(c.got.notes.at(0).key, "endless");
}

TEST(Collect, TooManyDocumentsAreAnErrorAcrossSources) {
  Collecting c;
  c.limits.max_documents = 3;
  c.source.add("a");
  c.source.add("b");
  ASSERT_TRUE(c.run().ok());
  const gov::Status second = c.run("more");
  EXPECT_EQ(second.code(), GOV_RESOURCE_EXHAUSTED);
  EXPECT_TRUE(contains(second.message(), "source more")) << second.message();
  EXPECT_TRUE(contains(second.message(), "(3)")) << second.message();
  EXPECT_EQ(c.keys(), (Keys{"a", "b"}));
}

}  // namespace
}  // namespace govhost::sync
