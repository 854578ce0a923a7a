// The passages held: takes batches of changes, gives queries an immutable view.
#pragma once

#include "options.h"
#include "state.h"

#include <gov/search.hpp>

#include <mutex>

namespace memory_search {

// apply() by one thread at a time, state() by any.
//
// A batch rewrites a small segment that it takes something from, and a large one when much of it is
// gone; else the passage is marked, and taken out of every count. So term frequencies are always
// exact and scores do not depend on the order of past changes. New passages become segments of
// their own, and small ones are merged until each is at most half of the next larger, which keeps
// their number logarithmic.
class Index {
 public:
  explicit Index(const Options& options) : options_(options) {}

  gov::Status apply(const gov::Call& call, const gov::IndexBatch& batch);
  StatePtr state() const;

 private:
  const Options options_;
  mutable std::mutex mutex_;  // held to copy or swap the pointer only
  StatePtr state_ = std::make_shared<State>();
};

}  // namespace memory_search
