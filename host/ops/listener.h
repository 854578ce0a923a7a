// The operators' HTTP listener: probes for orchestrators, metrics for Prometheus. Separate from the
// clients' transports, so that it answers when those are full.
#pragma once

#include <gov/status.hpp>

#include <functional>
#include <memory>
#include <string>

#include "ops/life.h"

namespace govhost::ops {

struct ListenerSettings {
  // "HOST:PORT" with a numeric host; port 0 takes a free one.
  std::string address;
  // What /metrics wants as a bearer token. Empty: everybody on this machine may read it, and nobody
  // when the address can be reached from others. The probes want none: they tell nothing.
  std::string token;
};

// GET /livez: 200 while the listener's loop turns; it never looks at anything else, because a
// restart cures nothing but a dead process. GET /readyz: 200 "ok", or 503 "starting" or "draining".
// GET /metrics: what `metrics` gives, on the listener's thread.
// One thread; at most 64 connections, 10 seconds and 8 KiB each.
class Listener {
 public:
  using Page = std::function<std::string()>;
  static gov::Result<std::unique_ptr<Listener>> open(ListenerSettings settings, const Life& life,
                                                     Page metrics);
  ~Listener();

  const std::string& endpoint() const;  // "http://127.0.0.1:9464"

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace govhost::ops
