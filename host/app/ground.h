// What lasts as long as the process, under every configuration that it serves by.
#pragma once

#include <memory>

#include "app/disposer.h"
#include "audit/trail.h"
#include "egress/client.h"
#include "egress/session.h"
#include "mcp/generation.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "plugin/library.h"
#include "plugin/secrets.h"
#include "serve/reaper.h"

namespace govhost::app {

// How far a configuration is carried out.
enum class Extent {
  kCheck,         // every instance is created, none is started
  kNoTransports,  // for one call from the command line
  kServe,
};

struct Ground {
  Log& log;
  const Extent extent;
  Reaper reaper{};
  std::unique_ptr<audit::Trail> trail{};  // null: nothing is recorded
  Metrics metrics{};
  const egress::Observers observers{log, metrics, trail};
  egress::Settings egress{};
  plugin::Secrets secrets;
  plugin::Libraries libraries{};
  mcp::Published published{};
  Disposer disposer{};  // ends before what is disposed of needs
};

}  // namespace govhost::app
