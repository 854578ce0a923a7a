// Brings a search backend to the passages of a snapshot.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <functional>

#include "content/snapshot.h"
#include "plugin/adapters.h"
#include "search/passages.h"

namespace govhost::search {

// Called after each batch, on the feeding thread.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

struct Fed {
  std::size_t put = 0, erased = 0;  // passages; the others were there already
};

// Feeds what the backend does not hold yet, in batches that queries see all at once at the end, and
// erases what the snapshot no longer has.
gov::Result<Fed> feed(plugin::SearchBackend& backend, plugin::CallContext& call,
                      const content::Snapshot& snapshot, const Passages& passages,
                      const Progress& progress = {});

}  // namespace govhost::search
