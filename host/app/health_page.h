// How well the process is, for probes and people.
#pragma once

#include "audit/trail.h"
#include "ops/listener.h"
#include "search/service.h"
#include "sync/engine.h"

namespace govhost::app {

struct HealthPage {
  const sync::Engine& engine;
  const search::Service& search;
  const audit::Trail* trail = nullptr;  // null: nothing is recorded

  // [any] Not able: every call would be refused. Degraded: content is served that is not confirmed,
  // or nothing can be searched.
  ops::Health health() const;
};

}  // namespace govhost::app
