#include "observe/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <numeric>

namespace govhost {
namespace {

constexpr std::array kOperationBounds = {.0001, .00025, .0005, .001, .0025, .005, .01, .025,
                                         .05,   .1,     .25,   .5,   1.,    2.5,  5.,  10.};
constexpr std::array kFetchBounds = {.01, .025, .05, .1, .25, .5, 1., 2.5, 5., 10., 30.};
constexpr std::string_view kOther = "_OTHER";

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds), counts_(bounds.size() + 1) {}

void Histogram::observe(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), seconds);
  counts_[static_cast<std::size_t>(bucket - bounds_.begin())].fetch_add(1,
                                                                        std::memory_order_relaxed);
  sum_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)),
                 std::memory_order_relaxed);
}

prometheus::ClientMetric::Histogram Histogram::read() const {
  prometheus::ClientMetric::Histogram out;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    out.sample_count += counts_[i].load(std::memory_order_relaxed);
    out.bucket.push_back({out.sample_count, bounds_[i]});
  }
  out.sample_count += counts_.back().load(std::memory_order_relaxed);
  out.sample_sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / 1e9;
  return out;
}

void Histogram::add_to(std::span<std::uint64_t> counts) const {
  for (std::size_t i = 0; i < counts_.size(); ++i)
    counts[i] += counts_[i].load(std::memory_order_relaxed);
}

Histogram& HistogramFamily::with(std::initializer_list<std::string_view> values) {
  thread_local std::string key;
  key.clear();
  for (const std::string_view value : values) key.append(value).push_back('\0');
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = series_.find(std::string_view(key)); found != series_.end())
      return found->second->histogram;
  }
  return add(key, values);
}

Histogram& HistogramFamily::add(const std::string& key,
                                std::initializer_list<std::string_view> values) {
  const std::unique_lock lock(mutex_);
  std::vector<std::string> own(values.begin(), values.end());
  std::string own_key = key;
  if (series_.size() >= kMostSeries && !series_.contains(std::string_view(key))) {
    own.assign(labels_.size(), std::string(kOther));
    own_key.clear();
  }
  auto& series = series_[own_key];
  if (!series) series.reset(new Series{std::move(own), Histogram(bounds_)});
  return series->histogram;
}

prometheus::MetricFamily HistogramFamily::read() const {
  prometheus::MetricFamily out = family(name_, help_, prometheus::MetricType::Histogram);
  const std::shared_lock lock(mutex_);
  for (const auto& [key, series] : series_) {
    prometheus::ClientMetric& metric = out.metric.emplace_back();
    for (std::size_t i = 0; i < labels_.size(); ++i)
      if (!series->values[i].empty()) metric.label.push_back({labels_[i], series->values[i]});
    metric.histogram = series->histogram.read();
  }
  std::sort(out.metric.begin(), out.metric.end(),
            [](const auto& a, const auto& b) { return a.label < b.label; });
  return out;
}

void HistogramFamily::visit(
    const std::function<void(std::span<const std::string>, const Histogram&)>& visit) const {
  const std::shared_lock lock(mutex_);
  for (const auto& [key, series] : series_) visit(series->values, series->histogram);
}

double quantile(double q, std::span<const double> bounds, std::span<const std::uint64_t> counts) {
  const std::uint64_t all = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  const double rank = q * static_cast<double>(all);
  double below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    if (here > 0 && below + here >= rank) {
      const double from = i == 0 ? 0 : bounds[i - 1];
      return from + (bounds[i] - from) * (rank - below) / here;
    }
    below += here;
  }
  return bounds.back();
}

Metrics::Metrics()
    : operations("mcp_server_operation_duration_seconds",
                 "Time from a message's arrival to its answer",
                 {"mcp_method_name", "gen_ai_tool_name", "error_type", "network_transport"},
                 kOperationBounds),
      fetches("govhost_source_fetch_duration_seconds",
              "Time of one request of a plugin to the outside", {"source", "outcome"},
              kFetchBounds) {}

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type) {
  prometheus::MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

void add_sample(prometheus::MetricFamily& family, Labels labels, double value) {
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [name, text] : labels)
    metric.label.push_back({std::string(name), std::string(text)});
  if (family.type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

std::string to_text(const std::vector<prometheus::MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace govhost
