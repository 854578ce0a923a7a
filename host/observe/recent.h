// The latest warnings and errors of the log, for whoever asks the running process.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace govhost {

// Thread-safe. Bounded in lines and in bytes: the oldest make room.
class RecentLines {
 public:
  static constexpr std::size_t kMost = 256, kMostBytes = std::size_t{256} << 10u, kLongest = 4096;

  void add(std::string_view line);  // one that is longer than kLongest is not kept
  // The latest last.
  std::vector<std::string> latest(std::size_t count) const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace govhost
