#include "observe/metrics.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <span>
#include <thread>
#include <vector>

namespace govhost {
namespace {

using namespace std::chrono_literals;

constexpr double kBounds[] = {0.001, 0.1, 1};

std::uint64_t count_of(const prometheus::MetricFamily& family, const std::string& value) {
  for (const auto& metric : family.metric)
    if (!metric.label.empty() && metric.label[0].value == value)
      return metric.histogram.sample_count;
  return 0;
}

TEST(Histogram, CountsUpToEachBoundAndSums) {
  Histogram histogram(kBounds);
  for (const auto duration : {500us, 1000us, 1001us, 50'000us, 2'000'000us})
    histogram.observe(duration);
  histogram.observe(-1s);  // a clock that was set back
  const auto read = histogram.read();
  ASSERT_EQ(read.bucket.size(), 3u);
  EXPECT_EQ(read.bucket[0].cumulative_count, 3u) << "a bound belongs to its bucket";
  EXPECT_EQ(read.bucket[1].cumulative_count, 5u);
  EXPECT_EQ(read.bucket[2].cumulative_count, 5u);
  EXPECT_EQ(read.sample_count, 6u);
  EXPECT_NEAR(read.sample_sum, 2.052501, 1e-9);
}

TEST(HistogramFamily, ASeriesIsItsLabels) {
  HistogramFamily family("f_seconds", "Help", {"a", "b"}, kBounds);
  family.with({"x", "y"}).observe(1ms);
  family.with({"x", "y"}).observe(1ms);
  family.with({"xy", ""}).observe(1ms);
  const std::string text = to_text({family.read()});
  EXPECT_NE(text.find("# TYPE f_seconds histogram\n"), std::string::npos) << text;
  EXPECT_NE(text.find("f_seconds_count{a=\"x\",b=\"y\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("f_seconds_count{a=\"xy\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("f_seconds_bucket{a=\"xy\",le=\"+Inf\"} 1\n"), std::string::npos) << text;
}

TEST(HistogramFamily, SeriesAreBounded) {
  HistogramFamily family("f_seconds", "Help", {"a"}, kBounds);
  for (int i = 0; i < 10'000; ++i) family.with({std::to_string(i)}).observe(1ms);
  const auto read = family.read();
  EXPECT_EQ(read.metric.size(), HistogramFamily::kMostSeries + 1);
  EXPECT_EQ(count_of(read, "_OTHER"), 10'000 - HistogramFamily::kMostSeries);
  family.with({"0"}).observe(1ms);
  EXPECT_EQ(count_of(family.read(), "0"), 2u) << "those that were there go on";
}

TEST(HistogramFamily, ManyThreadsLoseNothing) {
  HistogramFamily family("f_seconds", "Help", {"a"}, kBounds);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) family.with({std::to_string(i % 7)}).observe(1ms);
    });
  for (std::thread& thread : threads) thread.join();
  std::uint64_t all = 0;
  for (const auto& metric : family.read().metric) all += metric.histogram.sample_count;
  EXPECT_EQ(all, 20'000u);
}

TEST(Metrics, ValuesAreEscaped) {
  auto gauge = family("g", "Help", prometheus::MetricType::Gauge);
  add_sample(gauge, {{"a", "quote \" back \\ line \n"}}, 1);
  EXPECT_NE(to_text({gauge}).find("g{a=\"quote \\\" back \\\\ line \\n\"} 1\n"), std::string::npos)
      << to_text({gauge});
}

TEST(HistogramFamily, IsVisitedSeriesBySeries) {
  HistogramFamily family("f_seconds", "Help", {"a", "b"}, kBounds);
  family.with({"x", ""}).observe(1ms);
  family.with({"x", ""}).observe(std::chrono::hours(1));
  family.with({"y", "z"}).observe(1ms);
  std::map<std::string, std::uint64_t> beyond;
  family.visit([&](std::span<const std::string> labels, const Histogram& series) {
    std::vector<std::uint64_t> counts(family.bounds().size() + 1);
    series.add_to(counts);
    beyond[labels[0] + labels[1]] = counts.back();
    EXPECT_GT(series.sum(), 0);
  });
  EXPECT_EQ(beyond, (std::map<std::string, std::uint64_t>{{"x", 1}, {"yz", 0}}));
}

// The values are those of histogram_quantile() over the same buckets.
TEST(Quantile, IsEstimatedWithinItsBucket) {
  constexpr std::array kSeconds = {.1, .2, .4};
  const auto of = [&](double q, std::array<std::uint64_t, 4> counts) {
    return quantile(q, kSeconds, counts);
  };
  EXPECT_TRUE(std::isnan(of(.5, {0, 0, 0, 0})));
  EXPECT_DOUBLE_EQ(of(.5, {10, 0, 0, 0}), .05);
  EXPECT_DOUBLE_EQ(of(.5, {5, 5, 0, 0}), .1);
  EXPECT_DOUBLE_EQ(of(.75, {0, 0, 4, 0}), .35);
  EXPECT_DOUBLE_EQ(of(.99, {1, 1, 1, 7}), .4) << "beyond the last bound: that bound";
  EXPECT_DOUBLE_EQ(of(1, {0, 2, 0, 0}), .2);
}

}  // namespace
}  // namespace govhost
