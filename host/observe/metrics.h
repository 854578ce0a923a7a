// What the host measures while it works, for the page that Prometheus reads.
#pragma once

#include <prometheus/metric_family.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace govhost {

// Counts of durations. Thread-safe; observing takes no lock: it happens in every request, and
// prometheus::Histogram takes one.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds);

  void observe(std::chrono::nanoseconds duration);
  prometheus::ClientMetric::Histogram read() const;
  // Adds how many fell in each bucket, not cumulated, to `counts`, which has one more than bounds.
  void add_to(std::span<std::uint64_t> counts) const;
  double sum() const { return static_cast<double>(sum_.load(std::memory_order_relaxed)) / 1e9; }

 private:
  const std::span<const double> bounds_;            // seconds, ascending
  std::vector<std::atomic<std::uint64_t>> counts_;  // one more than bounds
  std::atomic<std::uint64_t> sum_{0};               // nanoseconds
};

// Histograms of one name that differ in the values of their labels. Thread-safe.
class HistogramFamily {
 public:
  // However many values a client or a plugin brings: further ones are counted as "_OTHER".
  static constexpr std::size_t kMostSeries = 500;

  // `bounds` outlive it, in seconds.
  HistogramFamily(std::string name, std::string help, std::vector<std::string> labels,
                  std::span<const double> bounds)
      : name_(std::move(name)),
        help_(std::move(help)),
        labels_(std::move(labels)),
        bounds_(bounds) {}

  // A value for each label, in their order.
  Histogram& with(std::initializer_list<std::string_view> values);
  prometheus::MetricFamily read() const;
  // Gives each series to `visit`, with the values of its labels; they must not be kept.
  void visit(
      const std::function<void(std::span<const std::string>, const Histogram&)>& visit) const;
  std::span<const double> bounds() const { return bounds_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Series {
    std::vector<std::string> values;
    Histogram histogram;
  };
  Histogram& add(const std::string& key, std::initializer_list<std::string_view> values);

  const std::string name_, help_;
  const std::vector<std::string> labels_;
  const std::span<const double> bounds_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Series>, Hash, std::equal_to<>> series_;
};

struct Metrics {
  Metrics();
  HistogramFamily operations;  // what clients ask
  HistogramFamily fetches;     // what plugins ask of the outside
};

// The duration in seconds that the share `q` of what was counted does not exceed, as
// histogram_quantile() of PromQL estimates it; NaN: nothing was counted. Beyond the last bound:
// that bound.
double quantile(double q, std::span<const double> bounds, std::span<const std::uint64_t> counts);

// A family whose values are known when it is read, with its samples yet to come.
prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type);
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
// To a family of counters or gauges.
void add_sample(prometheus::MetricFamily& family, Labels labels, double value);

// Text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
std::string to_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace govhost
