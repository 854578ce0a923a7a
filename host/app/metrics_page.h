// What Prometheus reads: what was measured, and what the state of things is now.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "access/rate_limit.h"
#include "app/audit_sinks.h"
#include "audit/trail.h"
#include "mcp/generation.h"
#include "mcp/server.h"
#include "observe/metrics.h"
#include "plugin/secrets.h"
#include "sync/engine.h"

namespace govhost::app {

// The configuration in force.
struct ConfigState {
  bool reloaded = true;  // the last attempt, or the start, put one in force
  std::chrono::system_clock::time_point since;
  std::string hash;  // of what it says; equal on replicas that are configured alike
};

struct MetricsPage {
  const Metrics& metrics;
  mcp::Server& server;
  const sync::Engine& engine;
  const access::RateLimits& rates;
  const audit::Trail* trail = nullptr;  // null: nothing is recorded
  const AuditSinks* sinks = nullptr;    // null: it goes nowhere else
  const plugin::Secrets& secrets;
  std::size_t in_flight = 0;
  const std::string& state_directory;  // where backups and drills are remembered
  ConfigState config = {};

  // [any] The names are those of docs/operations/metrics.md.
  std::string text() const;
};

}  // namespace govhost::app
