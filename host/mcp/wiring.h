// What answers are made with beside the content, as the configuration has it.
#pragma once

#include <memory>

#include "access/policy.h"
#include "mcp/status.h"
#include "search/service.h"

namespace govhost::mcp {

// Immutable, but for the search service, which locks for itself; replaced as a whole when the
// configuration is.
struct Wiring {
  std::shared_ptr<search::Service> search;  // never null
  access::Policy policy = {};               // what callers may use
  ServerStatus status = {};
};

}  // namespace govhost::mcp
