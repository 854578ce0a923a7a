#include "console/history.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "observe/metrics.h"

namespace govhost::console {
namespace {

constexpr std::array<const char*, 7> kNames = {"calls_per_s", "errors_per_s",   "p50_s",    "p99_s",
                                               "in_flight",   "resident_bytes", "cpu_share"};

nlohmann::json number(float value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

}  // namespace

History::History(std::span<const double> bounds) : bounds_(bounds) {}

void History::Ring::put(const Sample& sample) {
  samples[next] = sample;
  next = (next + 1) % samples.size();
  used = std::min(used + 1, samples.size());
}

History::Sample History::sample_of(const Reading& before, const Reading& now) const {
  const double seconds = std::max(std::chrono::duration<double>(now.at - before.at).count(), 1e-3);
  std::vector<std::uint64_t> buckets(now.buckets.size());
  for (std::size_t i = 0; i < buckets.size(); ++i)
    buckets[i] = now.buckets[i] - (i < before.buckets.size() ? before.buckets[i] : 0);
  const auto rate = [&](std::uint64_t from, std::uint64_t to) {
    return static_cast<float>(static_cast<double>(to - from) / seconds);
  };
  Sample out;
  out.time = std::chrono::system_clock::to_time_t(now.time);
  out.values[kCalls] = rate(before.calls, now.calls);
  out.values[kErrors] = rate(before.errors, now.errors);
  out.values[kP50] = static_cast<float>(quantile(.5, bounds_, buckets));
  out.values[kP99] = static_cast<float>(quantile(.99, bounds_, buckets));
  out.values[kInFlight] = static_cast<float>(now.in_flight);
  out.values[kResident] = static_cast<float>(now.resident_bytes);
  out.values[kCpu] = static_cast<float>((now.cpu_seconds - before.cpu_seconds) / seconds);
  return out;
}

void History::add_to(Ring& ring, const Reading& now) {
  if (ring.begun) ring.put(sample_of(ring.last, now));
  ring.last = now;
  ring.begun = true;
}

void History::add(Reading now) {
  const std::lock_guard lock(mutex_);
  if (!long_.begun || now.at - long_.last.at >= kLongStep) add_to(long_, now);
  add_to(short_, now);
}

nlohmann::json History::read(bool day) const {
  const std::lock_guard lock(mutex_);
  const Ring& ring = day ? long_ : short_;
  nlohmann::json out = {{"step_s", (day ? kLongStep : kStep).count()},
                        {"times", nlohmann::json::array()}};
  for (const char* const name : kNames) out[name] = nlohmann::json::array();
  const std::size_t size = ring.samples.size();
  for (std::size_t i = 0; i < ring.used; ++i) {
    const Sample& sample = ring.samples[(ring.next + size - ring.used + i) % size];
    out["times"].push_back(sample.time);
    for (std::size_t field = 0; field < kNames.size(); ++field)
      out[kNames[field]].push_back(number(sample.values[field]));
  }
  return out;
}

}  // namespace govhost::console
