#include "sync/pace.h"

#include <algorithm>

namespace govhost::sync {
namespace {

constexpr std::chrono::milliseconds kFirstRetry{1000};
constexpr std::chrono::milliseconds kLeastRetry{100};
// Replicas that started together do not ask together.
constexpr double kJitter = 0.1;
constexpr std::size_t kMostDoublings = 20;
constexpr int kRest = 9;  // times as long as the last reading took

}  // namespace

std::string_view name_of(Breaker state) {
  return state == Breaker::kOpen ? "open" : state == Breaker::kHalfOpen ? "half_open" : "closed";
}

Breaker Pace::state(Clock::time_point now) const {
  if (openings_ == 0) return Breaker::kClosed;
  return now < due_ ? Breaker::kOpen : Breaker::kHalfOpen;
}

std::chrono::milliseconds Pace::between(double low, double high, std::chrono::milliseconds of) {
  const double share = std::uniform_real_distribution<double>(low, high)(random_);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(share * static_cast<double>(of.count())));
}

void Pace::begin(Clock::time_point now) {
  began_ = now;
  hinted_ = patient_ = Clock::time_point::max();
}

void Pace::hint(Clock::time_point now) {
  if (openings_ > 0) return;
  if (patient_ == Clock::time_point::max()) patient_ = now + kPatience;
  hinted_ = std::max(std::min(now + kQuiet, patient_), earliest_);
}

bool RetryBudget::take(std::chrono::steady_clock::time_point now) {
  const std::chrono::duration<double, std::ratio<60>> minutes = now - counted_.value_or(now);
  counted_ = now;
  left_ = std::min(left_ + kPerMinute * minutes.count(), kMost);
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

std::chrono::milliseconds Pace::interval() {
  return between(1 - kJitter, 1 + kJitter, settings_.refresh);
}

void Pace::succeeded(Clock::time_point now) {
  if (began_) earliest_ = now + kRest * (now - *began_);
  began_.reset();
  failures_ = openings_ = 0;
  due_ = settings_.refresh.count() == 0 ? Clock::time_point::max() : now + interval();
}

void Pace::failed(Clock::time_point now, std::chrono::milliseconds retry_after,
                  RetryBudget* budget) {
  ++failures_;
  std::chrono::milliseconds wait{0};
  if (failures_ >= settings_.failures) {
    const std::size_t doublings = std::min(openings_++, kMostDoublings);
    wait = between(1, 1 + kJitter, std::min(settings_.open * (1 << doublings), settings_.open_max));
  } else {
    // Full jitter: whoever failed together does not come back together.
    const auto most = kFirstRetry * (1 << std::min(failures_ - 1, kMostDoublings));
    wait = std::max(kLeastRetry, between(0, 1, std::min(most, settings_.open)));
    if (budget != nullptr && !budget->take(now))
      wait = settings_.refresh.count() > 0 ? interval() : settings_.open_max;
  }
  due_ = now + std::max(wait, retry_after);
}

}  // namespace govhost::sync
