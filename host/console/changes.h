// What changed lately, as somebody notices who looks every two seconds.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace govhost::console {

// Thread-safe. Keeps the last kMost changes.
class Changes {
 public:
  static constexpr std::size_t kMost = 50;

  // How each thing is now: {"source aigf", "ok"}. Compared with the time before; the first time
  // everything is new, and nothing is noted.
  void look(std::map<std::string, std::string> now, std::chrono::system_clock::time_point time);

  // [{"time", "what", "from", "to"}], the latest first.
  nlohmann::json read() const;

 private:
  struct Change {
    std::chrono::system_clock::time_point time;
    std::string what, from, to;
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::string> last_;
  bool begun_ = false;
  std::deque<Change> changes_;  // the latest first
};

}  // namespace govhost::console
