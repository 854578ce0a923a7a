// How well the process is, for probes and people.
#pragma once

#include "app/audit_sinks.h"
#include "audit/trail.h"
#include "ops/listener.h"
#include "search/service.h"
#include "sync/engine.h"

namespace govhost::app {

struct HealthPage {
  const sync::Engine& engine;
  const search::Service& search;
  const audit::Trail* trail = nullptr;  // null: nothing is recorded
  const AuditSinks* sinks = nullptr;    // null: it goes nowhere else

  // [any] Not able: every call would be refused. Degraded: content is served that is not confirmed,
  // nothing can be searched, or a sink of the trail cannot be reached.
  ops::Health health() const;
};

}  // namespace govhost::app
