// What operators ask a running server over its control socket, beside what concerns its content.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "app/reloader.h"
#include "app/runtime.h"
#include "ops/life.h"

namespace govhost::app {

// Thread-safe.
class Steering {
 public:
  // What it works with; all of it outlives it.
  struct Parts {
    Runtime& runtime;
    Reloader& reloader;
    const ops::Life& life;
    std::function<std::size_t()> in_flight;
  };
  explicit Steering(Parts parts) : parts_(std::move(parts)) {}
  ~Steering();

  // {"verb": ...}: reload, status, metrics, errors, loglevel, drain, config; anything else is for
  // the content.
  gov::Result<nlohmann::json> answer(const nlohmann::json& request);

  // How well the process is, for probes; not able while an operator keeps clients away.
  ops::Health health();
  // The page that Prometheus reads.
  std::string metrics();

 private:
  gov::Result<nlohmann::json> steer(const std::string& verb, const nlohmann::json& request);
  nlohmann::json status();
  gov::Result<nlohmann::json> set_level(const nlohmann::json& request);
  nlohmann::json set_away(const nlohmann::json& request);

  const Parts parts_;
  std::atomic<bool> away_{false};
  std::atomic<std::uint64_t> level_changes_{0};
};

}  // namespace govhost::app
