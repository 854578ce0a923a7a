// What was going on lately: so that the console shows plots where no Prometheus is.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace govhost::console {

// What has been counted until now, and how things are at this moment.
struct Reading {
  std::chrono::system_clock::time_point time;  // shown
  std::chrono::steady_clock::time_point at;    // rates are made of
  std::uint64_t calls = 0, errors = 0;
  std::vector<std::uint64_t> buckets;  // of durations, not cumulated; one more than the bounds
  double cpu_seconds = 0, resident_bytes = 0;
  std::size_t in_flight = 0;
};

// Thread-safe: one writes, any thread reads. All memory, some 100 KiB, is taken when it is made.
class History {
 public:
  static constexpr std::chrono::seconds kStep{2}, kLongStep{60};
  static constexpr std::size_t kShort = 300, kLong = 1440;  // 10 minutes, 24 hours

  // `bounds` of the buckets, in seconds; outlive it.
  explicit History(std::span<const double> bounds);

  // Once every kStep. The first one is what the rates of the second are made of.
  void add(Reading now);

  // {"step_s", "times": [Unix seconds], "calls_per_s": [..], "errors_per_s", "p50_s", "p99_s",
  // "in_flight", "resident_bytes", "cpu_share"}, the oldest first; null where nothing was called.
  // `day`: the last 24 hours by the minute, else 10 minutes by two seconds.
  nlohmann::json read(bool day) const;

 private:
  enum Field { kCalls, kErrors, kP50, kP99, kInFlight, kResident, kCpu, kFields };
  struct Sample {
    std::int64_t time = 0;
    std::array<float, kFields> values{};
  };
  struct Ring {
    explicit Ring(std::size_t size) : samples(size) {}
    void put(const Sample& sample);

    std::vector<Sample> samples;
    std::size_t next = 0, used = 0;
    Reading last;  // what the next sample is compared with
    bool begun = false;
  };
  Sample sample_of(const Reading& before, const Reading& now) const;
  void add_to(Ring& ring, const Reading& now);

  const std::span<const double> bounds_;
  mutable std::mutex mutex_;
  Ring short_{kShort}, long_{kLong};
};

}  // namespace govhost::console
