// How current content is for whom.
#include "content/freshness.h"

#include <gtest/gtest.h>

namespace govhost::content {
namespace {

using namespace std::chrono_literals;

TEST(Freshness, IsThatOfTheOldestAndWorstSourceThatTheReaderSees) {
  Freshness freshness({"a", "b", "never"});
  const Freshness::Time start{1000h};
  freshness.confirm("a", start);
  freshness.confirm("b", start + 60s);
  freshness.fail("b");
  freshness.fail("never");
  const Visibility without_a(1, {"a"}), without_b(2, {"b"});
  const auto now = start + 100s;
  EXPECT_EQ(freshness.seen(now, {}).age, 100s);
  EXPECT_TRUE(freshness.seen(now, {}).stale);
  EXPECT_EQ(freshness.seen(now, without_a).age, 40s);
  EXPECT_TRUE(freshness.seen(now, without_a).stale);
  EXPECT_EQ(freshness.seen(now, without_b).age, 100s);
  EXPECT_FALSE(freshness.seen(now, without_b).stale) << "a source out of sight tells nothing";
  freshness.confirm("b", now);
  EXPECT_FALSE(freshness.seen(now, {}).stale);
}

TEST(Freshness, AClockThatGoesBackGivesNoNegativeAge) {
  Freshness freshness({"a"});
  freshness.confirm("a", Freshness::Time{1000h});
  EXPECT_EQ(freshness.seen(Freshness::Time{999h}, {}).age, 0s);
}

}  // namespace
}  // namespace govhost::content
