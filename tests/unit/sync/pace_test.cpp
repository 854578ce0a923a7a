// When a source is asked again.
#include "sync/pace.h"

#include <gtest/gtest.h>

namespace govhost::sync {
namespace {

using namespace std::chrono_literals;
using Time = Pace::Clock::time_point;

const Time kStart{1h};

TEST(Pace, KeepsItsIntervalWithinATenth) {
  std::chrono::milliseconds least = 1h, most = 0ms;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Pace pace({.refresh = 100s}, seed);
    pace.succeeded(kStart);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(pace.due() - kStart);
    least = std::min(least, wait), most = std::max(most, wait);
  }
  EXPECT_GE(least, 90s);
  EXPECT_LE(most, 110s);
  EXPECT_GT(most - least, 15s) << "replicas spread";
}

TEST(Pace, WithoutAnIntervalASuccessIsTheLast) {
  Pace pace({.refresh = 0ms}, 1);
  pace.succeeded(kStart);
  EXPECT_EQ(pace.due(), Time::max());
  pace.failed(kStart, 0ms);
  EXPECT_LT(pace.due(), Time::max()) << "what has failed is tried again";
}

TEST(Pace, AHintBringsOneAttemptWhenItHasBecomeQuiet) {
  Pace pace({.refresh = 1h}, 1);
  pace.succeeded(kStart);
  pace.hint(kStart);
  EXPECT_EQ(pace.due(), kStart + Pace::kQuiet);
  pace.hint(kStart + 150ms);
  EXPECT_EQ(pace.due(), kStart + 150ms + Pace::kQuiet) << "more may come";
  for (auto now = kStart; now < kStart + 10s; now += 150ms) pace.hint(now);
  EXPECT_EQ(pace.due(), kStart + Pace::kPatience) << "but not for ever";
  pace.begin(kStart + 2s);
  EXPECT_GT(pace.due(), kStart + 50min) << "the attempt answers it";
  pace.hint(kStart + 2s);
  pace.succeeded(kStart + 2s);
  EXPECT_EQ(pace.due(), kStart + 2s + Pace::kQuiet) << "what comes while it is read is read again";
}

TEST(Pace, HintsWithoutEndCostATenthOfTheTime) {
  Pace pace({.refresh = 1h}, 1);
  Time now = kStart;
  for (int i = 0; i < 10; ++i) {
    pace.begin(now);
    pace.hint(now);
    pace.succeeded(now + 1s);
    pace.hint(now + 1s);
    ASSERT_EQ(pace.due(), now + 10s);
    now = pace.due();
  }
}

TEST(Pace, AHintDoesNotOpenTheBreakersDoor) {
  Pace pace({.failures = 2, .open = 30s}, 1);
  pace.failed(kStart, 0ms);
  pace.hint(kStart);
  EXPECT_LE(pace.due(), kStart + Pace::kQuiet);
  pace.begin(kStart);
  pace.failed(kStart, 0ms);
  pace.hint(kStart);
  EXPECT_GE(pace.due(), kStart + 30s);
}

TEST(Pace, WhenEverythingFailsRetriesAreFewAndTheIntervalGoesOn) {
  RetryBudget budget;
  int soon = 0, later = 0;
  const auto fail_all = [&](Time now) {
    soon = later = 0;
    for (std::uint64_t source = 0; source < 100; ++source) {
      Pace pace({.refresh = 300s}, source);
      pace.failed(now, 0ms, &budget);
      const auto wait = pace.due() - now;
      if (wait <= 1s)
        ++soon;
      else if (wait >= 270s && wait <= 330s)
        ++later;
    }
  };
  fail_all(kStart);
  EXPECT_EQ(soon, 10);
  EXPECT_EQ(later, 90);
  fail_all(kStart + 30s);
  EXPECT_EQ(soon, 5) << "ten a minute";
  fail_all(kStart + 1h);
  EXPECT_EQ(soon, 10) << "they are not saved up";
  Pace once({.refresh = 0ms, .open_max = 600s}, 1);
  once.failed(kStart + 1h, 0ms, &budget);
  EXPECT_EQ(once.due(), kStart + 1h + 600s) << "that has no interval";
}

TEST(Pace, RetriesSoonAndThenOpensAfterTheLastFailureAllowed) {
  Pace pace({.failures = 5, .open = 30s, .open_max = 600s}, 7);
  Time now = kStart;
  for (int i = 0; i < 4; ++i) {
    pace.failed(now, 0ms);
    EXPECT_EQ(pace.state(now), Breaker::kClosed) << i;
    EXPECT_TRUE(pace.may_try(now));
    EXPECT_GE(pace.due(), now + 100ms);
    EXPECT_LE(pace.due(), now + 1s * (1 << i));
    now = pace.due();
  }
  pace.failed(now, 0ms);
  EXPECT_EQ(pace.state(now), Breaker::kOpen);
  EXPECT_FALSE(pace.may_try(now));
  EXPECT_GE(pace.due(), now + 30s);
  EXPECT_LE(pace.due(), now + 33s);
  EXPECT_EQ(pace.state(pace.due() - 1ms), Breaker::kOpen);
  EXPECT_EQ(pace.state(pace.due()), Breaker::kHalfOpen);
  EXPECT_EQ(pace.failures(), 5u);
}

TEST(Pace, AFailedProbeOpensForTwiceAsLongUpToTheLimit) {
  Pace pace({.failures = 1, .open = 30s, .open_max = 100s}, 7);
  Time now = kStart;
  for (const auto wait : {30s, 60s, 100s, 100s}) {
    pace.failed(now, 0ms);
    EXPECT_EQ(pace.state(now), Breaker::kOpen);
    EXPECT_GE(pace.due(), now + wait);
    EXPECT_LE(pace.due(), now + wait + wait / 10);
    now = pace.due();
  }
  for (int i = 0; i < 100; ++i) pace.failed(now, 0ms);
  EXPECT_LE(pace.due(), now + 110s);
  pace.succeeded(now);
  EXPECT_EQ(pace.state(now), Breaker::kClosed);
  EXPECT_EQ(pace.failures(), 0u);
}

TEST(Pace, WaitsAsLongAsTheSourceAsked) {
  Pace pace({}, 7);
  pace.failed(kStart, 90s);
  EXPECT_EQ(pace.due(), kStart + 90s);
}

}  // namespace
}  // namespace govhost::sync
