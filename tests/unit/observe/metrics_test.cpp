#include "observe/metrics.h"

#include <gtest/gtest.h>

#include <thread>

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

}  // namespace
}  // namespace govhost
