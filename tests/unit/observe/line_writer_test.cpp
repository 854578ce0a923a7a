#include "observe/line_writer.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "pipe.h"

namespace govhost {
namespace {

constexpr std::chrono::seconds kLong{10};

// The number in a "log.dropped" line, 0 for any other.
std::uint64_t dropped_in(const std::string& line) {
  if (line.find("log.dropped") == std::string::npos) return 0;
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json.at("level"), "warn");
  return json.at("count").get<std::uint64_t>();
}

TEST(LineWriter, WritesLinesInOrder) {
  Pipe pipe;
  LineWriter writer(pipe.input());
  writer.append("one\n");
  writer.append("two\n", true);
  writer.append("three\n");
  ASSERT_TRUE(writer.flush(kLong));
  EXPECT_EQ(pipe.available(), "one\ntwo\nthree\n");
  EXPECT_EQ(writer.dropped(), 0u);
  writer.append("four\n");
  ASSERT_TRUE(writer.flush(kLong));
  EXPECT_EQ(pipe.available(), "four\n");
}

TEST(LineWriter, WritesWithoutBeingAsked) {
  Pipe pipe;
  LineWriter writer(pipe.input());
  writer.append("alone\n");
  EXPECT_EQ(pipe.read(6), "alone\n");
  writer.append("urgent\n", true);
  EXPECT_EQ(pipe.read(7), "urgent\n");
}

TEST(LineWriter, FlushesAtItsEnd) {
  Pipe pipe;
  {
    LineWriter writer(pipe.input());
    for (int i = 0; i < 100; ++i) writer.append("line\n");
  }
  EXPECT_EQ(lines_of(pipe.rest()).size(), 100u);
  { LineWriter unused(pipe.input()); }
}

TEST(LineWriter, AFlushOfNothingReturnsAtOnce) {
  Pipe pipe;
  LineWriter writer(pipe.input());
  EXPECT_TRUE(writer.flush(kLong));
  EXPECT_TRUE(writer.flush(std::chrono::milliseconds(0)));
}

TEST(LineWriter, AFlushGivesUpOnAStoppedReader) {
  Pipe pipe;
  const std::size_t filled = pipe.fill();
  LineWriter writer(pipe.input());
  writer.append("late\n");
  EXPECT_FALSE(writer.flush(std::chrono::milliseconds(1)));
  pipe.read(filled);
  EXPECT_TRUE(writer.flush(kLong));
  EXPECT_EQ(pipe.available(), "late\n");
}

// The contract of the bound: appending goes on, what does not fit is counted, and the reader learns
// of every line that it did not get.
TEST(LineWriter, DropsAndCountsWhatDoesNotFit) {
  constexpr std::size_t kLines = 100, kCapacity = 100;
  Pipe pipe;
  const std::size_t filled = pipe.fill();
  LineWriter writer(pipe.input(), kCapacity);
  for (std::size_t i = 0; i < kLines; ++i) writer.append("0123456789\n");
  // One batch may have been taken by the thread already, one is waiting.
  EXPECT_GE(writer.dropped(), kLines - 2 * (kCapacity / 11));
  EXPECT_LE(writer.dropped(), kLines - kCapacity / 11);

  pipe.read(filled);
  ASSERT_TRUE(writer.flush(kLong));
  writer.append("again\n");
  ASSERT_TRUE(writer.flush(kLong));
  std::size_t whole = 0;
  std::uint64_t reported = 0;
  for (const std::string& line : lines_of(pipe.available())) {
    if (line == "0123456789")
      ++whole;
    else if (line != "again")
      reported += dropped_in(line);
  }
  EXPECT_EQ(reported, writer.dropped());
  EXPECT_EQ(whole + reported, kLines);
}

TEST(LineWriter, DropsALineThatCanNeverFit) {
  Pipe pipe;
  LineWriter writer(pipe.input(), 10);
  writer.append("longer than ten\n");
  EXPECT_EQ(writer.dropped(), 1u);
  writer.append("fits-well\n");
  ASSERT_TRUE(writer.flush(kLong));
  const auto lines = lines_of(pipe.available());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "fits-well");
  EXPECT_EQ(dropped_in(lines[1]), 1u);
}

TEST(LineWriter, KeepsTheLinesOfManyThreadsWholeAndInTheirOrder) {
  constexpr int kThreads = 4, kEach = 2000;
  Pipe pipe;
  std::string text;
  std::thread reader([&] {
    for (std::string piece; !(piece = pipe.read(1)).empty();) text += piece + pipe.available();
  });
  {
    const UniqueFd copy(::fcntl(pipe.input(), F_DUPFD_CLOEXEC, 0));
    pipe.close_writer();
    LineWriter writer(copy.get());
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&writer, t] {
        for (int i = 0; i < kEach; ++i)
          writer.append(
              std::to_string(t) + ":" + std::to_string(i) + ":" + std::string(40, 'x') + "\n",
              i % 50 == 0);
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(writer.flush(kLong));
    EXPECT_EQ(writer.dropped(), 0u);
  }
  reader.join();

  std::map<std::string, int> next;
  for (const std::string& line : lines_of(text)) {
    const std::string thread = line.substr(0, line.find(':'));
    ASSERT_EQ(line, thread + ":" + std::to_string(next[thread]++) + ":" + std::string(40, 'x'));
  }
  EXPECT_EQ(next.size(), static_cast<std::size_t>(kThreads));
  for (const auto& [thread, count] : next) EXPECT_EQ(count, kEach) << thread;
}

// A line longer than what a pipe takes in one piece.
TEST(LineWriter, WritesLinesLongerThanAPipe) {
  Pipe pipe;
  const std::string line = std::string(300'000, 'y') + "\n";
  LineWriter writer(pipe.input());
  writer.append(line);
  EXPECT_EQ(pipe.read(line.size()), line);
}

TEST(LineWriter, OutlivesAReaderThatIsGone) {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  Pipe pipe;
  pipe.close_reader();
  {
    LineWriter writer(pipe.input());
    writer.append("nobody reads this\n");
    EXPECT_TRUE(writer.flush(kLong));  // given up, not waited for
  }
  ::sigaction(SIGPIPE, &before, nullptr);
}

}  // namespace
}  // namespace govhost
