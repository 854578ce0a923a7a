// Who is let in, and how often: what a configuration says about callers.
#pragma once

#include <memory>

#include "access/chain.h"
#include "access/rate_limit.h"

namespace govhost::access {

// Immutable, but for the counts of the limits, which lock for themselves; replaced as a whole.
struct Admission {
  std::shared_ptr<const Chain> chain;        // never null
  std::shared_ptr<RateLimits> rates;         // null: callers may ask as often as they like
  const Revocations* revocations = nullptr;  // of the chain; null: nobody is revoked
};

}  // namespace govhost::access
