#include "shipping/follower.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

#include "support/files.h"

namespace govhost::shipping {
namespace {

std::string record(int seq) { return "{\"seq\":" + std::to_string(seq) + ",\"x\":\"y\"}"; }

class FollowerTest : public testing::Test {
 protected:
  void add(const std::string& file, const std::string& text) const {
    std::ofstream(folder.path() / file, std::ios::app) << text;
  }
  void add(const std::string& file, int from, int to) const {
    for (int i = from; i <= to; ++i) add(file, record(i) + "\n");
  }
  // "1-3": and done; "": nothing.
  static std::string take(Follower& follower, std::size_t lines = 100) {
    const auto batch = follower.next(lines, 1 << 20);
    EXPECT_TRUE(batch.ok()) << batch.status().message();
    if (!batch || batch->lines.empty()) return "";
    follower.done(*batch);
    const auto number = [](const std::string& line) { return line.substr(7, line.find(',') - 7); };
    return number(batch->lines.front()) + "-" + number(batch->lines.back());
  }
  const test::TempDir folder;
};

TEST_F(FollowerTest, ReadsWhatIsThereAndWhatComes) {
  Follower follower(folder.path(), 0);
  EXPECT_EQ(take(follower), "");
  add("audit-000000000001.jsonl", 1, 5);
  EXPECT_EQ(take(follower), "1-5");
  EXPECT_EQ(take(follower), "");
  add("audit-000000000001.jsonl", 6, 7);
  add("audit-000000000001.jsonl", record(8).substr(0, 5));
  EXPECT_EQ(take(follower), "6-7") << "what is not whole comes later";
  add("audit-000000000001.jsonl", record(8).substr(5) + "\n");
  EXPECT_EQ(take(follower), "8-8");
}

TEST_F(FollowerTest, GoesFromFileToFile) {
  add("audit-000000000001.jsonl", 1, 5);
  add("audit-000000000006.jsonl", 6, 8);
  add("audit-000000000009.jsonl", 9, 9);
  Follower follower(folder.path(), 0);
  EXPECT_EQ(take(follower), "1-5");
  EXPECT_EQ(take(follower), "6-8");
  EXPECT_EQ(take(follower), "9-9");
  EXPECT_EQ(take(follower), "");
  add("audit-000000000009.jsonl", 10, 10);
  EXPECT_EQ(take(follower), "10-10");
}

TEST_F(FollowerTest, BeginsBehindWhatWasDone) {
  add("audit-000000000001.jsonl", 1, 5);
  add("audit-000000000006.jsonl", 6, 8);
  for (int done = 0; done < 8; ++done) {
    Follower follower(folder.path(), static_cast<std::uint64_t>(done));
    std::string first = take(follower);
    EXPECT_EQ(first.substr(0, first.find('-')), std::to_string(done + 1));
  }
  Follower follower(folder.path(), 8);
  EXPECT_EQ(take(follower), "");
}

TEST_F(FollowerTest, WhatWasNotDoneComesAgain) {
  add("audit-000000000001.jsonl", 1, 5);
  Follower follower(folder.path(), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(follower.next(2, 1 << 20)->last, 2u);
  EXPECT_EQ(take(follower, 2), "1-2");
  EXPECT_EQ(take(follower, 2), "3-4");
  EXPECT_EQ(take(follower, 2), "5-5");
}

TEST_F(FollowerTest, BatchesAreBounded) {
  add("audit-000000000001.jsonl", 1, 1000);
  Follower follower(folder.path(), 0);
  const auto batch = follower.next(1000, 100);
  ASSERT_TRUE(batch.ok());
  EXPECT_LT(batch->lines.size(), 10u);
}

TEST_F(FollowerTest, WhatAKillLeftIsPassedOver) {
  add("audit-000000000001.jsonl", 1, 2);
  add("audit-000000000001.jsonl", "{\"seq\":3,\"half\n");
  add("audit-000000000001.jsonl", 3, 4);
  Follower follower(folder.path(), 0);
  EXPECT_EQ(take(follower), "1-4");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// What was sent before a restart may be gigabytes.
TEST_F(FollowerTest, WhatWasDoneIsNotHeldInMemory) {
  const auto peak_kib = [] {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
  };
  const std::string filler(1000, 'y');
  std::ofstream out(folder.path() / "audit-000000000001.jsonl");
  for (int i = 1; i <= 64'000; ++i) out << "{\"seq\":" << i << ",\"x\":\"" << filler << "\"}\n";
  out.close();
  const long before = peak_kib();
  Follower follower(folder.path(), 63'990);
  EXPECT_EQ(take(follower), "63991-64000");
  EXPECT_LT(peak_kib() - before, 16'384);
}
#endif

TEST_F(FollowerTest, ALineWithoutEndIsNotReadForEver) {
  add("audit-000000000001.jsonl", std::string(3u << 20u, 'x'));
  Follower follower(folder.path(), 0);
  EXPECT_EQ(follower.next(10, 1000).status().code(), GOV_INVALID_ARGUMENT);
}

TEST_F(FollowerTest, WhatWasRemovedIsCounted) {
  add("audit-000000000006.jsonl", 6, 8);
  Follower follower(folder.path(), 2);
  const auto batch = follower.next(10, 1000);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->missing, 3u);
  EXPECT_EQ(take(follower), "6-8");
}

}  // namespace
}  // namespace govhost::shipping
