// When a source is read again: at its interval while it answers, more and more slowly while it does
// not, and once per opening of its circuit breaker when it has failed several times in a row.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace govhost::sync {

struct PaceSettings {
  std::chrono::milliseconds refresh{300'000};  // 0: never by itself
  std::size_t failures = 5;                    // in a row: the breaker opens
  std::chrono::milliseconds open{30'000};      // how long at first; doubled by each failed probe
  std::chrono::milliseconds open_max{600'000};
};

// The states of a circuit breaker (M. Nygard, Release It!).
enum class Breaker { kClosed, kOpen, kHalfOpen };

std::string_view name_of(Breaker state);

// How many retries all sources together may make: ten at once and ten a minute. When everything is
// down at the same time, asking everybody again and again would be a load of its own (Site
// Reliability Engineering, "Addressing Cascading Failures"). One thread at a time.
class RetryBudget {
 public:
  bool take(std::chrono::steady_clock::time_point now);

 private:
  static constexpr double kMost = 10, kPerMinute = 10;
  double left_ = kMost;
  std::optional<std::chrono::steady_clock::time_point> counted_;
};

// One thread at a time.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // Equal seeds give equal jitter.
  Pace(const PaceSettings& settings, std::uint64_t seed) : settings_(settings), random_(seed) {}

  // When the next attempt is due; Clock::time_point::max(): never by itself.
  Clock::time_point due() const { return std::min(due_, hinted_); }
  Breaker state(Clock::time_point now) const;
  // Whether the source may be asked now, be it out of turn: not while the breaker is open.
  bool may_try(Clock::time_point now) const { return state(now) != Breaker::kOpen; }

  // An attempt begins: what was hinted before is answered by it.
  void begin(Clock::time_point now);
  // Something may have changed: an attempt once no more is said for kQuiet, after kPatience at the
  // latest, and so that a source which changes all the time is read a tenth of it. Not while the
  // breaker is open.
  void hint(Clock::time_point now);
  void succeeded(Clock::time_point now);
  void at_once(Clock::time_point now) { due_ = now; }  // the next attempt
  // `retry_after`: what the source asked for, or zero. With no budget left the next attempt is that
  // of the interval.
  void failed(Clock::time_point now, std::chrono::milliseconds retry_after,
              RetryBudget* budget = nullptr);
  std::size_t failures() const { return failures_; }

  static constexpr std::chrono::milliseconds kQuiet{200}, kPatience{2000};

 private:
  std::chrono::milliseconds interval();
  std::chrono::milliseconds between(double low, double high, std::chrono::milliseconds of);

  const PaceSettings settings_;
  std::mt19937_64 random_;
  std::size_t failures_ = 0;  // in a row
  std::size_t openings_ = 0;  // since the last success
  Clock::time_point due_ = Clock::time_point::max();
  Clock::time_point hinted_ = Clock::time_point::max();   // what hints ask for
  Clock::time_point patient_ = Clock::time_point::max();  // how far they may move that
  std::optional<Clock::time_point> began_;                // an attempt that has not ended
  Clock::time_point earliest_{};                          // that hints may ask for
};

}  // namespace govhost::sync
