// Brings a search backend to the passages of a snapshot.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <functional>
#include <memory>

#include "content/snapshot.h"
#include "plugin/adapters.h"
#include "search/passages.h"

namespace govhost::search {

// The facet "source", over whose values backends keep their statistics apart: readers who see other
// documents of one source must not tell them from scores and corrections.
std::string source_facet(std::string_view source, std::uint64_t restrictions);

// Called after each batch, on the feeding thread.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

// A snapshot as a backend is fed with it.
struct Index {
  std::shared_ptr<const content::Snapshot> snapshot;
  Passages passages;
};

struct Fed {
  std::size_t put = 0, erased = 0;  // passages; the others were there already
};

// Feeds what the backend does not hold yet, in batches that queries see all at once at the end, and
// erases what the snapshot no longer has. `last`: what the backend was fed with last, so that only
// documents that are not the same in both are looked at; null: it is asked what it holds.
gov::Result<Fed> feed(plugin::SearchBackend& backend, plugin::CallContext& call, const Index& index,
                      const Index* last = nullptr, const Progress& progress = {});

}  // namespace govhost::search
