// Writes lines to a descriptor from a thread of its own. Appending never blocks and never makes a
// system call per line: whatever gathered within a few milliseconds goes out in one write, so that
// a log line costs a request about as much as copying it.
//
// Bounded: when the reader of the descriptor is too slow, new lines are dropped and counted, and
// the count is written as soon as there is room again.
#pragma once

#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "core/unique_fd.h"

namespace govhost {

class LineWriter {
 public:
  // `fd` is borrowed and must stay open. `capacity` is in bytes.
  explicit LineWriter(int fd, std::size_t capacity = std::size_t{1} << 20u);
  ~LineWriter();  // flushes, giving up after one second
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // [any] `line` ends with a line break. `urgent`: do not wait for more to gather.
  void append(std::string_view line, bool urgent = false);

  // [any] Waits until everything appended before is written, at most `limit`.
  bool flush(std::chrono::milliseconds limit);

  std::uint64_t dropped() const;

 private:
  void run();
  void write_out(std::string_view bytes);

  // Where lines go, and how much may be written after a poll without blocking.
  struct Target {
    explicit Target(int given);
    int fd;
    std::size_t at_once = PIPE_BUF;
    UniqueFd own;
  };

  const Target target_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable written_;
  std::string pending_;
  std::uint64_t appended_ = 0;  // lines taken
  std::uint64_t done_ = 0;      // of those, written or given up
  std::uint64_t dropped_ = 0;
  std::uint64_t reported_ = 0;
  bool urgent_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace govhost
