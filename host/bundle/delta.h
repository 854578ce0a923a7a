// A manifest as what differs from the one before it.
#pragma once

#include <gov/status.hpp>

#include "bundle/manifest.h"

namespace govhost::bundle {

// What `whole` has that `before` has not, and the places that are gone.
Manifest delta_of(const Manifest& whole, const Manifest& before, Base base);

// The whole again. Refuses a delta that does not fit.
gov::Result<Manifest> apply(Manifest delta, const Manifest& before);

}  // namespace govhost::bundle
