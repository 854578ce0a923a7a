#include "sync/collect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fixtures.h"

namespace govhost::sync {
namespace {

TEST(Collect, TakesWhatListAndFetchSay) {
  Collecting c;
  c.source.heads.push_back(
      {"a/b.md", "v1", "Title", "text/markdown", "https://list/link", 1500, 0});
  ASSERT_TRUE(c.run().ok());
  ASSERT_EQ(c.got.documents.size(), 1u);
  const content::RawDocument& d = c.got.documents[0];
  EXPECT_EQ(d.source, "docs");
  EXPECT_EQ(d.licence, "CC-BY-4.0");
  EXPECT_EQ(d.key, "a/b.md");
  EXPECT_EQ(d.title, "Title");
  EXPECT_EQ(d.version, "v2") << "the version belongs to the bytes that were fetched";
  EXPECT_EQ(d.link, "https://list/link");
  EXPECT_EQ(d.bytes, "body of a/b.md");
  EXPECT_EQ(d.modified, std::chrono::system_clock::time_point(std::chrono::milliseconds(1500)));
  EXPECT_NE(d.fetched_at, std::chrono::system_clock::time_point{});
  EXPECT_TRUE(c.got.notes.empty());
}

TEST(Collect, ALinkOfTheFetchReplacesThatOfTheList) {
  Collecting c;
  c.source.add("a");
  c.source.fetches["a"] = [](auto key, auto& on_head, auto&) {
    return on_head({key, {}, {}, {}, "https://own", 0, 0});
  };
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.got.documents[0].link, "https://own");
  EXPECT_EQ(c.got.documents[0].bytes, "") << "an empty document is a document";
}

TEST(Collect, ABodyBeforeItsHeadBreaksTheContract) {
  Collecting c;
  c.source.add("bad");
  c.source.add("good");
  c.source.fetches["bad"] = [](auto, auto&, auto& on_body) { return on_body("body"); };
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.keys(), Keys{"good"});
  EXPECT_TRUE(contains(c.note(), "a body came before its head")) << c.note();
}

TEST(Collect, AFetchWithoutADocumentBreaksTheContract) {
  Collecting c;
  c.source.add("bad");
  c.source.add("good");
  c.source.fetches["bad"] = [](auto, auto&, auto&) { return gov::Status(); };
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.keys(), Keys{"good"});
  EXPECT_TRUE(contains(c.note(), "neither a document nor an error")) << c.note();
}

TEST(Collect, OneUnreadableDocumentIsANote) {
  Collecting c;
  for (const char* key : {"a", "b", "c"}) c.source.add(key);
  // What came before the failure must not be served as if it were whole.
  c.source.fetches["b"] = [](auto key, auto& on_head, auto& on_body) -> gov::Status {
    if (gov::Status s = on_head({key, {}, {}, {}, {}, 0, 0}); !s.ok()) return s;
    if (gov::Status s = on_body("half"); !s.ok()) return s;
    return gov::unavailable("the disk went away");
  };
  ASSERT_TRUE(c.run().ok());
  EXPECT_EQ(c.keys(), (Keys{"a", "c"}));
  ASSERT_EQ(c.got.notes.size(), 1u);
  EXPECT_EQ(c.got.notes[0].key, "b");
  EXPECT_EQ(c.note(), "the disk went away");
}

// What is served would lose the document to a fault that may be over in a second.
TEST(Collect, AReadingAgainFailsAsAWholeWhenTheFaultMayPass) {
  for (const auto& [fault, fails] : {std::pair(gov::unavailable("no connection"), true),
                                     std::pair(gov::deadline_exceeded("too slow"), true),
                                     std::pair(gov::not_found("it went away"), false),
                                     std::pair(gov::permission_denied("not for you"), false)}) {
    Collecting c;
    for (const char* key : {"a", "b", "c"}) c.source.add(key);
    c.source.fetches["b"] = [&own = fault](auto, auto&, auto&) { return own; };
    const gov::Status status = c.run_again();
    EXPECT_EQ(status.ok(), !fails) << fault.message();
    if (fails) {
      EXPECT_EQ(status.message(), "source docs: b: " + fault.message());
      EXPECT_EQ(status.code(), fault.code());
    }
  }
}

TEST(Collect, NothingReadableIsAnErrorThatNamesTheFirst) {
  Collecting c;
  for (const char* key : {"a", "b"}) c.source.add(key);
  c.source.fetches["a"] = [](auto, auto&, auto&) { return gov::unavailable("first reason"); };
  c.source.fetches["b"] = [](auto, auto&, auto&) { return gov::unavailable("second reason"); };
  const gov::Status status = c.run();
  EXPECT_EQ(status.code(), GOV_UNAVAILABLE);
  EXPECT_TRUE(contains(status.message(), "none of its 2 documents")) << status.message();
  EXPECT_TRUE(contains(status.message(), "a: first reason")) << status.message();
  EXPECT_EQ(c.got.notes.size(), 2u);
}

TEST(Collect, NothingListedIsAnError) {
  Collecting empty;
  EXPECT_EQ(empty.run().code(), GOV_NOT_FOUND);
  Collecting unusable;
  unusable.source.add("../secret");
  EXPECT_EQ(unusable.run().code(), GOV_NOT_FOUND);
  EXPECT_TRUE(unusable.source.fetched.empty());
}

TEST(Collect, AFailedListIsTheSourcesError) {
  Collecting c;
  c.source.add("a");
  c.source.list_answer = gov::unavailable("no route to host");
  EXPECT_EQ(c.run().message(), "no route to host");
  EXPECT_TRUE(c.source.fetched.empty());
}

TEST(Collect, StopsWhenItIsCancelled) {
  Collecting c;
  for (const char* key : {"a", "b", "c"}) c.source.add(key);
  c.source.fetches["b"] = [&](auto, auto&, auto&) {
    c.call.cancel();
    return gov::cancelled();
  };
  EXPECT_EQ(c.run().code(), GOV_CANCELLED);
  EXPECT_EQ(c.source.fetched, (Keys{"a", "b"}));
}

}  // namespace
}  // namespace govhost::sync
