// Ends the process when a step of a plugin does not come back: a plugin that hangs in process
// cannot be interrupted, and a host that waits for ever tells nobody why.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "app/exit_codes.h"
#include "serve/reaper.h"

namespace govhost::app {

class Watchdog {
 public:
  // After `limit` prints "govhost: <what> did not finish within <limit>", naming the key that holds
  // the limit, and exits with `exit_code`.
  Watchdog(Reaper& reaper, std::chrono::milliseconds limit, std::string what,
           std::string_view key = "host.start_timeout", int exit_code = kBadConfig);
  ~Watchdog() { *armed_ = false; }
  Watchdog(const Watchdog&) = delete;

 private:
  std::shared_ptr<std::atomic<bool>> armed_;
};

}  // namespace govhost::app
