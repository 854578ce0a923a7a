#include "mcp/answer_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace govhost::mcp {
namespace {

AnswerCache::Text text(std::size_t size, char c = 'x') {
  return std::make_shared<const std::string>(size, c);
}

TEST(AnswerCache, TheKeyIsTheSameForTheSameQuestionOnly) {
  const auto key = [](const char* arguments, content::Visibility visible = {}) {
    return AnswerCache::key("search", Json::parse(arguments), visible);
  };
  const std::string plain = key(R"({"query":"a","limit":5})");
  EXPECT_EQ(key(R"({ "limit":5, "query":"\u0061" })"), plain);
  EXPECT_NE(key(R"({"query":"a","limit":6})"), plain);
  EXPECT_NE(key(R"({"query":"a"})"), plain);
  EXPECT_NE(AnswerCache::key("search_risks", Json::parse(R"({"query":"a","limit":5})"), {}), plain);
  const content::Visibility one(1), both(3);
  EXPECT_NE(key(R"({"query":"a","limit":5})", one), plain);
  EXPECT_NE(key(R"({"query":"a","limit":5})", both), key(R"({"query":"a","limit":5})", one));
  // Nothing that a caller writes can look like another caller's rights.
  EXPECT_NE(key("{\"query\":\"a\\u00001\",\"limit\":5}"), key(R"({"query":"a","limit":5})", one));
}

TEST(AnswerCache, GivesWhatWasPut) {
  AnswerCache cache;
  EXPECT_EQ(cache.find("a"), nullptr);
  cache.put("a", text(3));
  cache.put("a", text(5));
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), "xxx") << "the first stays: both are the same answer";
  EXPECT_EQ(cache.size().entries, 1u);
}

TEST(AnswerCache, StaysWithinItsBytesAndDropsWhatWasUsedLongestAgo) {
  constexpr std::size_t kBytes = std::size_t{256} << 10u;
  AnswerCache cache(kBytes);
  cache.put("kept", text(1000));
  for (int i = 0; i < 2000; ++i) {
    cache.put(std::to_string(i), text(1000));
    ASSERT_NE(cache.find("kept"), nullptr) << i;
    ASSERT_LE(cache.size().bytes, kBytes);
  }
  EXPECT_EQ(cache.find("0"), nullptr);
  EXPECT_GT(cache.size().evictions, 1700u);
  EXPECT_GT(cache.size().entries, 100u);
}

TEST(AnswerCache, AHugeAnswerPushesNothingOut) {
  AnswerCache cache;
  cache.put("small", text(10));
  cache.put("huge", text(AnswerCache::kMaxAnswer));
  EXPECT_EQ(cache.find("huge"), nullptr);
  EXPECT_NE(cache.find("small"), nullptr);
}

TEST(AnswerCache, WhoeverHasAnAnswerKeepsItWhenItIsDropped) {
  AnswerCache cache(std::size_t{64} << 10u);
  cache.put("a", text(100));
  const AnswerCache::Text held = cache.find("a");
  for (int i = 0; i < 1000; ++i) cache.put(std::to_string(i), text(1000));
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(*held, std::string(100, 'x'));
}

TEST(AnswerCache, ManyThreads) {
  AnswerCache cache(std::size_t{64} << 10u);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const std::string key = std::to_string((i * (t + 1)) % 150);
        if (const auto found = cache.find(key)) {
          ASSERT_EQ(*found, key);
        } else {
          cache.put(key, std::make_shared<const std::string>(key));
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(cache.size().entries, 0u);
}

}  // namespace
}  // namespace govhost::mcp
