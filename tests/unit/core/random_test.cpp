#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace govhost {
namespace {

std::uint64_t milliseconds_of(const std::string& uuid) {
  return std::stoull(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16);
}

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

TEST(Uuid7, HasTheShapeOfRfc9562) {
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = new_uuid7();
    ASSERT_EQ(uuid.size(), 36u);
    for (std::size_t at = 0; at < uuid.size(); ++at) {
      const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
      ASSERT_EQ(uuid[at] == '-', dash) << uuid;
      ASSERT_NE(std::string("-0123456789abcdef").find(uuid[at]), std::string::npos) << uuid;
    }
    ASSERT_EQ(uuid[14], '7') << uuid;
    ASSERT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  }
}

TEST(Uuid7, BeginsWithTheTime) {
  const std::uint64_t before = now_ms();
  const std::uint64_t made = milliseconds_of(new_uuid7());
  const std::uint64_t after = now_ms();
  EXPECT_GE(made, before);
  EXPECT_LE(made, after);
}

TEST(Uuid7, SortsByTime) {
  const std::string first = new_uuid7();
  std::string later = new_uuid7();
  while (milliseconds_of(later) == milliseconds_of(first)) later = new_uuid7();
  EXPECT_LT(first, later);
}

// Generators of several threads must not start alike.
TEST(Uuid7, IsUniqueAcrossThreads) {
  constexpr std::size_t kThreads = 4, kEach = 5000;
  std::array<std::vector<std::string>, kThreads> made;
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&mine] {
      for (std::size_t i = 0; i < kEach; ++i) mine.push_back(new_uuid7());
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(RandomBytes, FillsTheWholeSpanAndNothingElse) {
  random_bytes({});
  // More than the kernel gives in one piece without a signal (256 bytes, getrandom(2)).
  std::vector<std::uint8_t> buffer(1002, 0);
  random_bytes(std::span(buffer).subspan(1, 1000));
  EXPECT_EQ(buffer.front(), 0);
  EXPECT_EQ(buffer.back(), 0);
  // A thousand random bytes hold some 250 values; the chance of fewer than 100 is nil.
  EXPECT_GT(std::set<std::uint8_t>(buffer.begin(), buffer.end()).size(), 100u);
  const auto last = std::span(buffer).subspan(901, 100);
  EXPECT_TRUE(std::any_of(last.begin(), last.end(), [](std::uint8_t b) { return b != 0; }));
}

}  // namespace
}  // namespace govhost
