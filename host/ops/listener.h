// The operators' HTTP listener: probes for orchestrators. Separate from the clients' transports, so
// that it answers when those are full, and needs no credential because it tells nothing.
#pragma once

#include <gov/status.hpp>

#include <memory>
#include <string>

#include "ops/life.h"

namespace govhost::ops {

// GET /livez: 200 while the listener's loop turns; it never looks at anything else, because a
// restart cures nothing but a dead process. GET /readyz: 200 "ok", or 503 "starting" or "draining".
// One thread; at most 64 connections, 10 seconds and 8 KiB each.
class Listener {
 public:
  // `address` is "HOST:PORT" with a numeric host; port 0 takes a free one.
  static gov::Result<std::unique_ptr<Listener>> open(const std::string& address, const Life& life);
  ~Listener();

  const std::string& endpoint() const;  // "http://127.0.0.1:9464"

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace govhost::ops
