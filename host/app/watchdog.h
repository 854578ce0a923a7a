// Ends the process when a step of the start does not come back: a plugin that hangs in process
// cannot be interrupted, and a host that waits for ever tells nobody why.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "serve/reaper.h"

namespace govhost::app {

class Watchdog {
 public:
  // After `limit` prints "govhost: <what> did not finish within <limit>" and exits with code 2.
  Watchdog(Reaper& reaper, std::chrono::milliseconds limit, std::string what);
  ~Watchdog() { *armed_ = false; }
  Watchdog(const Watchdog&) = delete;

 private:
  std::shared_ptr<std::atomic<bool>> armed_;
};

}  // namespace govhost::app
