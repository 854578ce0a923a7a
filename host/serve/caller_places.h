// How many calls each caller has in flight, so that one cannot have all places.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace govhost {

// Thread-safe. Holds a key for each caller with calls in flight: as many as there are calls.
class CallerPlaces {
 public:
  explicit CallerPlaces(std::size_t limit) : limit_(limit) {}

  // False: the caller has `limit` already.
  bool enter(const std::string& key) {
    const std::lock_guard lock(mutex_);
    std::size_t& held = held_[key];
    if (held >= limit_) return false;
    ++held;
    return true;
  }
  // An empty key has none.
  void leave(const std::string& key) {
    if (key.empty()) return;
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(key);
    if (found != held_.end() && --found->second == 0) held_.erase(found);
  }

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> held_;
};

}  // namespace govhost
