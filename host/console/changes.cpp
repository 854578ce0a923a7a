#include "console/changes.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "core/time.h"

namespace govhost::console {

void Changes::look(std::map<std::string, std::string> now,
                   std::chrono::system_clock::time_point time) {
  const std::lock_guard lock(mutex_);
  if (begun_)
    for (const auto& [what, state] : now) {
      const auto before = last_.find(what);
      if (before != last_.end() && before->second == state) continue;
      changes_.push_front(
          {time, what, before == last_.end() ? std::string() : before->second, state});
      if (changes_.size() > kMost) changes_.pop_back();
    }
  begun_ = true;
  last_ = std::move(now);
}

nlohmann::json Changes::read() const {
  const std::lock_guard lock(mutex_);
  nlohmann::json out = nlohmann::json::array();
  for (const Change& each : changes_)
    out.push_back({{"time", to_rfc3339(each.time)},
                   {"what", each.what},
                   {"from", each.from},
                   {"to", each.to}});
  return out;
}

}  // namespace govhost::console
