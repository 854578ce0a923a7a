#include "config/fault.h"

#include <algorithm>

namespace govhost::config {

std::string Fault::text() const {
  std::string out = origin.text() + ": ";
  if (!key.empty()) out += key + ": ";
  return out + message;
}

void arrange(std::vector<Fault>& faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    const bool a_last = a.origin.line == 0;
    const bool b_last = b.origin.line == 0;
    return a_last != b_last ? b_last : a.origin.line < b.origin.line;
  });
  if (faults.size() <= kMaxFaults) return;
  const std::size_t dropped = faults.size() - kMaxFaults;
  faults.resize(kMaxFaults);
  faults.push_back({faults.front().origin, "", std::to_string(dropped) + " more faults not shown"});
}

}  // namespace govhost::config
