#include "console/changes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>

namespace govhost::console {
namespace {

const auto kTime = std::chrono::system_clock::from_time_t(1'700'000'000);

TEST(Changes, HowItBeganIsNoChange) {
  Changes changes;
  changes.look({{"search", "ok"}}, kTime);
  changes.look({{"search", "ok"}}, kTime);
  EXPECT_TRUE(changes.read().empty());
}

TEST(Changes, TellWhatBecameOfWhatTheLatestFirst) {
  Changes changes;
  changes.look({{"search", "indexing"}}, kTime);
  changes.look({{"search", "ok"}}, kTime);
  changes.look({{"search", "ok"}, {"source a", "stale"}}, kTime);
  const nlohmann::json expected = {
      {{"time", "2023-11-14T22:13:20Z"}, {"what", "source a"}, {"from", ""}, {"to", "stale"}},
      {{"time", "2023-11-14T22:13:20Z"}, {"what", "search"}, {"from", "indexing"}, {"to", "ok"}}};
  EXPECT_EQ(changes.read(), expected);
}

TEST(Changes, AreBounded) {
  Changes changes;
  for (int i = 0; i < 1000; ++i) changes.look({{"content", std::to_string(i)}}, kTime);
  const nlohmann::json read = changes.read();
  EXPECT_EQ(read.size(), Changes::kMost);
  EXPECT_EQ(read[0]["to"], "999");
}

}  // namespace
}  // namespace govhost::console
