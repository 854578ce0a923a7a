#include "core/time.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace govhost {
namespace {

using namespace std::chrono;

TEST(Rfc3339, IsUtcWithOrWithoutNineDigits) {
  const system_clock::time_point time =
      sys_days{2026y / January / 31} + 9h + 30min + nanoseconds(123'456'789);
  EXPECT_EQ(to_rfc3339(time, true), "2026-01-31T09:30:00.123456789Z");
  EXPECT_EQ(to_rfc3339(time), "2026-01-31T09:30:00Z");
  EXPECT_EQ(to_rfc3339(system_clock::time_point{}, true), "1970-01-01T00:00:00.000000000Z");
}

TEST(Rfc3339, KnowsLeapDaysAndTheEndOfADay) {
  EXPECT_EQ(to_rfc3339(sys_days{2028y / February / 29} + 23h + 59min + 59s + 999ms, true),
            "2028-02-29T23:59:59.999000000Z");
}

// A fraction counts forward from the second before it, also before 1970.
TEST(Rfc3339, RoundsDownBeforeTheEpoch) {
  EXPECT_EQ(to_rfc3339(system_clock::time_point(-1ns), true), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(to_rfc3339(system_clock::time_point(-1ns)), "1969-12-31T23:59:59Z");
}

// Whatever a thread remembers of the time it wrote last, its first one is right too.
TEST(Rfc3339, TheFirstTimeOfAThreadIsRight) {
  for (const int second : {-2, -1, 0, 1}) {
    std::string first, again;
    std::thread([&] {
      const system_clock::time_point time{seconds(second)};
      first = to_rfc3339(time);
      to_rfc3339(time + 1h);
      again = to_rfc3339(time);
    }).join();
    const std::string expected = second < 0
                                     ? "1969-12-31T23:59:" + std::to_string(60 + second) + "Z"
                                     : "1970-01-01T00:00:0" + std::to_string(second) + "Z";
    EXPECT_EQ(first, expected);
    EXPECT_EQ(again, expected);
  }
}

TEST(Rfc3339, IsReadInEveryForm) {
  const auto noon = sys_days{2026y / January / 31} + 12h + 30min;
  const std::pair<const char*, system_clock::time_point> cases[] = {
      {"2026-01-31T12:30:00Z", noon},
      {"2026-01-31t12:30z", noon},
      {"2026-01-31 12:30:00.987654321Z", noon + 987654321ns},
      {"2026-01-31 12:30:00.5+00:00", noon + 500ms},
      {"2026-01-31 12:30:00.0000000019Z", noon + 1ns},
      {"2026-01-31T14:30:00+02:00", noon},
      {"2026-01-31T07:00:00-05:30", noon},
      {"2026-01-31", sys_days{2026y / January / 31} + 24h - 1ns},
      {"2024-02-29", sys_days{2024y / February / 29} + 24h - 1ns},
  };
  for (const auto& [text, time] : cases) {
    const auto read = from_rfc3339(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, time) << text;
  }
}

TEST(Rfc3339, WhatIsNoTimeIsRefused) {
  for (const char* const text :
       {"", "2026", "2026-1-31", "2026-13-01", "2026-02-29", "2026-01-31T", "2026-01-31T12",
        "2026-01-31T24:00Z", "2026-01-31T12:60Z", "2026-01-31T12:30", "2026-01-31T12:30+2",
        "2026-01-31T12:30ZZ", "2026-01-31x", "-026-01-31", "1969-01-01", "9999-01-01",
        "2026-01-31T12:30:00.Z", "+026-01-31", " 2026-01-31"})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

}  // namespace
}  // namespace govhost
