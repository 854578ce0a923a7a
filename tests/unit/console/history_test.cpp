#include "console/history.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <array>
#include <thread>

namespace govhost::console {
namespace {

constexpr std::array kBounds = {.001, .01, .1};

// What has been counted `seconds` after the start: `each` calls in the second bucket a second.
Reading reading_at(int seconds, std::uint64_t each = 10) {
  Reading out;
  out.time = std::chrono::system_clock::from_time_t(1'000'000 + seconds);
  out.at = std::chrono::steady_clock::time_point() + std::chrono::seconds(seconds + 1);
  out.calls = each * static_cast<std::uint64_t>(seconds);
  out.errors = static_cast<std::uint64_t>(seconds) / 2;
  out.buckets = {0, out.calls, 0, 0};
  out.cpu_seconds = .5 * seconds;
  out.resident_bytes = 1 << 20;
  out.in_flight = 3;
  return out;
}

TEST(History, HasNoRatesBeforeTheSecondReading) {
  History history(kBounds);
  EXPECT_TRUE(history.read(false)["times"].empty());
  history.add(reading_at(0));
  EXPECT_TRUE(history.read(false)["times"].empty());
}

TEST(History, MakesRatesAndQuantilesOfDifferences) {
  History history(kBounds);
  history.add(reading_at(0));
  history.add(reading_at(2));
  const nlohmann::json read = history.read(false);
  EXPECT_EQ(read["times"], nlohmann::json::array({1'000'002}));
  EXPECT_FLOAT_EQ(read["calls_per_s"][0], 10);
  EXPECT_FLOAT_EQ(read["errors_per_s"][0], .5);
  EXPECT_FLOAT_EQ(read["cpu_share"][0], .5);
  EXPECT_FLOAT_EQ(read["in_flight"][0], 3);
  EXPECT_FLOAT_EQ(read["resident_bytes"][0], 1 << 20);
  EXPECT_NEAR(read["p50_s"][0].get<double>(), .0055, 1e-6);
  EXPECT_NEAR(read["p99_s"][0].get<double>(), .00991, 1e-6);
}

TEST(History, WhereNothingWasCalledIsNoLatency) {
  History history(kBounds);
  history.add(reading_at(0, 0));
  history.add(reading_at(2, 0));
  EXPECT_TRUE(history.read(false)["p99_s"][0].is_null());
  EXPECT_EQ(history.read(false)["calls_per_s"][0], 0);
}

TEST(History, KeepsTenMinutesAndADayAndNoMore) {
  History history(kBounds);
  constexpr int kDays = 2;
  for (int seconds = 0; seconds <= kDays * 86'400; seconds += 2) history.add(reading_at(seconds));
  const nlohmann::json lately = history.read(false), day = history.read(true);
  ASSERT_EQ(lately["times"].size(), History::kShort);
  ASSERT_EQ(day["times"].size(), History::kLong);
  for (const auto& [all, step] : {std::pair(lately, 2), std::pair(day, 60)}) {
    EXPECT_EQ(all["step_s"], step);
    EXPECT_EQ(all["times"].back(), 1'000'000 + kDays * 86'400);
    for (std::size_t i = 1; i < all["times"].size(); ++i) {
      ASSERT_EQ(all["times"][i].get<int>() - all["times"][i - 1].get<int>(), step);
      ASSERT_FLOAT_EQ(all["calls_per_s"][i], 10);
    }
  }
}

TEST(History, IsReadWhileItGrows) {
  History history(kBounds);
  std::thread writer([&] {
    for (int seconds = 0; seconds < 4000; seconds += 2) history.add(reading_at(seconds));
  });
  for (std::size_t seen = 0; seen < 50; ++seen) {
    const nlohmann::json read = history.read(false);
    ASSERT_EQ(read["times"].size(), read["p99_s"].size());
  }
  writer.join();
  EXPECT_EQ(history.read(false)["times"].size(), History::kShort);
}

// Series that a client brings appear while it runs.
TEST(History, BucketsMayAppear) {
  History history(kBounds);
  Reading first = reading_at(0);
  first.buckets.clear();
  history.add(first);
  history.add(reading_at(2));
  EXPECT_NEAR(history.read(false)["p50_s"][0].get<double>(), .0055, 1e-6);
}

}  // namespace
}  // namespace govhost::console
