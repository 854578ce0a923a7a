#include "observe/recent.h"

#include <algorithm>

namespace govhost {

void RecentLines::add(std::string_view line) {
  if (line.size() > kLongest) return;
  const std::lock_guard lock(mutex_);
  lines_.emplace_back(line);
  bytes_ += line.size();
  while (lines_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= lines_.front().size();
    lines_.pop_front();
  }
}

std::vector<std::string> RecentLines::latest(std::size_t count) const {
  const std::lock_guard lock(mutex_);
  const auto from = lines_.size() - std::min(count, lines_.size());
  return {lines_.begin() + static_cast<std::ptrdiff_t>(from), lines_.end()};
}

}  // namespace govhost
