// The operators' HTTP listener: probes for orchestrators, metrics for Prometheus. Separate from the
// clients' transports, so that it answers when those are full.
#pragma once

#include <gov/status.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ops/life.h"

namespace govhost::ops {

struct ListenerSettings {
  // "HOST:PORT" with a numeric host; port 0 takes a free one.
  std::string address;
  // Gives what /metrics and ?verbose want as a bearer token, for each request anew; an empty text:
  // it cannot be had now, and nobody is let in. Null: everybody on this machine may read them, and
  // nobody when the address can be reached from others. The plain probes want none: they tell
  // nothing.
  std::function<std::string()> token;
};

// How well the process is, beside where it is in its life.
struct Health {
  bool able = true;      // whether clients are answered at all
  std::string why = {};  // they are not: "audit"
  bool degraded = false;
  std::string components = "[]";  // JSON, for ?verbose
};

// What a page answers.
struct Page {
  unsigned status = 200;
  std::string_view type = "text/plain; charset=utf-8";  // static storage
  std::string body;
};

// GET /livez: 200 while the listener's loop turns; it never looks at anything else, because a
// restart cures nothing but a dead process. GET /readyz: 200 "ok" or "degraded", or 503 "starting",
// "draining" or what keeps it from answering. GET /startupz: 200 once it has been ready.
// GET /metrics: what `metrics` gives. With ?verbose the probes answer in JSON, to whom /metrics is
// for too. GET /console and what is below it: what `console` gives, to the same and with more ways
// to say who one is (see Rights). The callbacks run on the listener's thread. One thread; at most
// 64 connections, 10 seconds and 8 KiB each.
class Listener {
 public:
  struct Pages {
    std::function<std::string()> metrics;
    std::function<Health()> health;
    std::function<Page(std::string_view target)> console = {};  // null: there is none
  };
  static gov::Result<std::unique_ptr<Listener>> open(ListenerSettings settings, const Life& life,
                                                     Pages pages);
  ~Listener();

  const std::string& endpoint() const;  // "http://127.0.0.1:9464"

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace govhost::ops
