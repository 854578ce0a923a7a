#include "observe/recent.h"

#include <gtest/gtest.h>

namespace govhost {
namespace {

TEST(RecentLines, TheOldestMakeRoom) {
  RecentLines lines;
  for (std::size_t i = 0; i < RecentLines::kMost + 10; ++i) lines.add(std::to_string(i));
  const auto all = lines.latest(1000);
  ASSERT_EQ(all.size(), RecentLines::kMost);
  EXPECT_EQ(all.front(), "10");
  EXPECT_EQ(lines.latest(2), (std::vector<std::string>{"264", "265"}));
  EXPECT_TRUE(lines.latest(0).empty());
}

TEST(RecentLines, TheirBytesAreBounded) {
  RecentLines lines;
  const std::string long_line(RecentLines::kLongest, 'x');
  for (int i = 0; i < 200; ++i) lines.add(long_line);
  EXPECT_EQ(lines.latest(1000).size(), RecentLines::kMostBytes / RecentLines::kLongest);
  lines.add(long_line + "y");
  EXPECT_EQ(lines.latest(1).front(), long_line) << "one that is too long is not kept";
}

}  // namespace
}  // namespace govhost
