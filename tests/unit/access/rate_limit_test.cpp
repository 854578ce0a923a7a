#include "access/rate_limit.h"

#include <gtest/gtest.h>

#include <thread>

namespace govhost::access {
namespace {

using namespace std::chrono_literals;

class RateLimitTest : public testing::Test {
 protected:
  bool ask(std::string_view key = "a", std::string_view tool = {}) {
    last = limit.ask(key, tool, now);
    return last.allowed;
  }
  RateLimit limit{{"test", /*per_second=*/10, /*burst=*/5, {{"dear", 3}}, 160}};
  Clock::time_point now = Clock::now();
  RateLimit::Verdict last;
};

TEST_F(RateLimitTest, ABurstPassesAndThenOneForEachInterval) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ask()) << i;
  EXPECT_FALSE(ask());
  EXPECT_EQ(last.retry_after, 100ms);
  now += 100ms;
  EXPECT_TRUE(ask());
  EXPECT_FALSE(ask());
  now += 1h;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ask()) << i;
  EXPECT_FALSE(ask()) << "rest is not saved beyond the burst";
  EXPECT_EQ(limit.allowed(), 11u);
  EXPECT_EQ(limit.refused(), 3u);
}

// An agent that tries again at once must not lock itself out.
TEST_F(RateLimitTest, WhatIsRefusedDoesNotPushTheLimit) {
  for (int i = 0; i < 5; ++i) ask();
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(ask());
  now += last.retry_after;
  EXPECT_TRUE(ask());
}

TEST_F(RateLimitTest, OnlyTheFirstRefusalIsNews) {
  for (int i = 0; i < 5; ++i) ask();
  EXPECT_FALSE(ask());
  EXPECT_TRUE(last.first);
  EXPECT_FALSE(ask());
  EXPECT_FALSE(last.first);
  now += 100ms;
  EXPECT_TRUE(ask());
  EXPECT_FALSE(ask());
  EXPECT_TRUE(last.first);
}

TEST_F(RateLimitTest, AToolMayCostMore) {
  EXPECT_TRUE(ask("a", "dear"));
  EXPECT_FALSE(ask("a", "dear")) << "3 of 5 are taken";
  EXPECT_EQ(last.retry_after, 100ms);
  EXPECT_TRUE(ask("a", "cheap"));
  EXPECT_TRUE(ask("a"));
  EXPECT_FALSE(ask("a"));
}

TEST_F(RateLimitTest, KeysDoNotShare) {
  for (int i = 0; i < 5; ++i) ask("a");
  EXPECT_FALSE(ask("a"));
  EXPECT_TRUE(ask("b"));
  const std::string long_key(1'000, 'x');
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ask(long_key + "1"));
  EXPECT_FALSE(ask(long_key + "1"));
  EXPECT_TRUE(ask(long_key + "2"));
}

TEST_F(RateLimitTest, TheTableIsBounded) {
  for (int i = 0; i < 100'000; ++i) ask("key" + std::to_string(i));
  EXPECT_LE(limit.keys(), 160u);
  EXPECT_GE(limit.evictions(), 100'000u - 160u);
  // Whoever goes on asking keeps his place.
  for (int i = 0; i < 5; ++i) ask("mine");
  for (int i = 0; i < 1'000; ++i) {
    ask("other" + std::to_string(i));
    EXPECT_FALSE(ask("mine")) << i;
  }
}

TEST_F(RateLimitTest, ManyThreadsGetNoMoreThanTheBurst) {
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i)
        if (limit.ask("shared", {}, now).allowed) ++passed;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 5);
}

TEST(RateLimits, TheFirstThatRefusesDecides) {
  RateLimits limits;
  limits.add(RateLimits::Per::kPrincipal, {"wide", 1, 10});
  limits.add(RateLimits::Per::kPrincipal, {"narrow", 1, 1});
  limits.add(RateLimits::Per::kAddress, {"address", 1, 1});
  const auto now = Clock::now();
  EXPECT_FALSE(limits.ask(RateLimits::Per::kPrincipal, "a", {}, now));
  const auto refused = limits.ask(RateLimits::Per::kPrincipal, "a", {}, now);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->limit->settings().name, "narrow");
  EXPECT_FALSE(limits.ask(RateLimits::Per::kAddress, "a", {}, now));
}

TEST(NetworkOf, IsTheHostOrTheNetworkOf64Bits) {
  EXPECT_EQ(network_of("192.0.2.7:4711"), "192.0.2.7");
  EXPECT_EQ(network_of("[2001:db8:1:2:3:4:5:6]:80"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("[2001:db8:1:2:ffff::1]:81"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("[::ffff:192.0.2.7]:80"), "192.0.2.7");
  EXPECT_EQ(network_of("[::1]:80"), "::/64");
  EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace govhost::access
