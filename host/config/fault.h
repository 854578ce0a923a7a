// One thing that is wrong with the configuration, with the place where it was written.
#pragma once

#include "config/model.h"

#include <cstddef>
#include <string>
#include <vector>

namespace govhost::config {

struct Fault {
  Origin origin;
  std::string key;      // "host.threads", "source.aigf.options.path"; empty: the file as a whole
  std::string message;  // never contains the value of a secret

  // "govhost.toml:12: host.max_inflight: unknown key; did you mean max_in_flight?"
  std::string text() const;
};

// A broken file of the largest size could hold a hundred thousand of them.
inline constexpr std::size_t kMaxFaults = 100;

// In the order of the file, what has no line last; beyond kMaxFaults only their number is kept.
void arrange(std::vector<Fault>& faults);

}  // namespace govhost::config
