#include "serve/event_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace govhost {
namespace {

struct Sink : EventSink {
  void event(std::string_view id, std::string_view text, bool last) override {
    const std::lock_guard lock(mutex);
    ids.emplace_back(id);
    texts.emplace_back(text);
    ended = ended || last;
  }
  std::mutex mutex;
  std::vector<std::string> ids, texts;
  bool ended = false;
};

using Texts = std::vector<std::string>;

TEST(EventStream, ReplaysWhatFollowsAndGoesOn) {
  EventStore store;
  const auto stream = store.create("s");
  const auto first = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(first, 0));
  stream->prime();
  for (const char* text : {"a", "b"}) EXPECT_TRUE(stream->send(text));
  EXPECT_EQ(first->texts, (Texts{"", "a", "b"}));
  stream->detach(*first);
  EXPECT_TRUE(stream->send("c"));
  EXPECT_EQ(first->texts.size(), 3u);
  const auto [found, after] = store.find("s", first->ids[1]);
  ASSERT_EQ(found, stream);
  const auto second = std::make_shared<Sink>();
  ASSERT_TRUE(found->attach(second, after));
  EXPECT_EQ(second->texts, (Texts{"b", "c"}));
  EXPECT_EQ(second->ids[0], first->ids[2]);
  stream->end("d");
  EXPECT_TRUE(second->ended);
  EXPECT_FALSE(stream->send("late"));
  const auto third = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(third, 0)) << "what has ended can still be fetched";
  EXPECT_EQ(third->texts, (Texts{"a", "b", "c", "d"}));
  EXPECT_TRUE(third->ended);
  const auto nothing_left = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(nothing_left, 4));
  EXPECT_TRUE(nothing_left->ended);
  EXPECT_FALSE(stream->attach(std::make_shared<Sink>(), 5)) << "there was no such event";
}

TEST(EventStream, TheNewestConnectionHasIt) {
  EventStore store;
  const auto stream = store.create("s");
  const auto one = std::make_shared<Sink>(), two = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(one, 0));
  ASSERT_TRUE(stream->attach(two, 0));
  stream->detach(*one);
  EXPECT_TRUE(stream->send("x"));
  EXPECT_TRUE(one->texts.empty());
  EXPECT_EQ(two->texts, (Texts{"x"}));
}

TEST(EventStore, FindsByWholeIdsOfTheSessionOnly) {
  EventStore store;
  const auto stream = store.create("s");
  const auto sink = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(sink, 0));
  ASSERT_TRUE(stream->send("x"));
  const std::string id = sink->ids[0];
  EXPECT_TRUE(store.find("s", id).first);
  EXPECT_FALSE(store.find("t", id).first);
  EXPECT_FALSE(store.find("", id).first);
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".1"), stream->id(), stream->id() + ".",
        id + "x", stream->id() + ".-1", stream->id() + ".99999999999999999999", "x" + id})
    EXPECT_FALSE(store.find("s", bad).first) << bad;
}

TEST(EventStream, KeepsTheNewestMegabyte) {
  EventStore store;
  const auto stream = store.create("s");
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(stream->send(std::string(100'000, 'x')));
  EXPECT_LE(store.bytes(), std::size_t{1} << 20u);
  EXPECT_FALSE(stream->attach(std::make_shared<Sink>(), 0)) << "the beginning is gone";
  const auto sink = std::make_shared<Sink>();
  ASSERT_TRUE(stream->attach(sink, 25));
  EXPECT_EQ(sink->texts.size(), 5u);
}

TEST(EventStore, IsBoundedInBytesOldestFirst) {
  EventStore store;
  std::vector<std::string> ids;
  const std::string text(900'000, 'x');
  for (int i = 0; i < 40; ++i) {
    const auto stream = store.create("s");
    ASSERT_TRUE(stream->send(text));
    ids.push_back(stream->id() + ".0");
    ASSERT_LE(store.bytes(), EventStore::kMaxBytes + 2 * text.size());
  }
  EXPECT_FALSE(store.find("s", ids.front()).first);
  EXPECT_TRUE(store.find("s", ids.back()).first);
}

TEST(EventStore, IsBoundedInNumberAndKeepsWhatIsConnected) {
  EventStore store;
  const auto first = store.create("s");
  ASSERT_TRUE(first->attach(std::make_shared<Sink>(), 0));
  std::vector<std::string> ids;
  // Never connected: as of a client that was refused.
  for (std::size_t i = 0; i < EventStore::kMaxStreams + 10; ++i)
    ids.push_back(store.create("s")->id() + ".0");
  EXPECT_FALSE(store.find("s", ids.front()).first);
  EXPECT_TRUE(store.find("s", ids.back()).first);
  EXPECT_TRUE(store.find("s", first->id() + ".0").first);
}

TEST(EventStore, BytesAreGivenBack) {
  EventStore store;
  {
    EventStream loose(store, "id", "s");
    EXPECT_TRUE(loose.send("text"));
    EXPECT_GT(store.bytes(), 0u);
  }
  EXPECT_EQ(store.bytes(), 0u);
}

// Every event reaches some connection exactly once and in order, however connections come and go.
TEST(EventStream, ConnectionsComeAndGoWhileItIsWritten) {
  constexpr int kEvents = 2000;
  EventStore store;
  const auto stream = store.create("s");
  std::latch start(2);
  std::thread writer([&] {
    start.arrive_and_wait();
    for (int i = 1; i <= kEvents; ++i) EXPECT_TRUE(stream->send(std::to_string(i)));
    stream->end("end");
  });
  start.arrive_and_wait();
  std::uint64_t after = 0;
  Texts all;
  for (bool ended = false; !ended;) {
    const auto sink = std::make_shared<Sink>();
    ASSERT_TRUE(stream->attach(sink, after));
    stream->detach(*sink);
    const std::lock_guard lock(sink->mutex);
    all.insert(all.end(), sink->texts.begin(), sink->texts.end());
    after += sink->texts.size();
    ended = sink->ended;
  }
  writer.join();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kEvents) + 1);
  for (int i = 0; i < kEvents; ++i)
    ASSERT_EQ(all[static_cast<std::size_t>(i)], std::to_string(i + 1));
}

}  // namespace
}  // namespace govhost
