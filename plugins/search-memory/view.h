// The passages that one query may learn of.
#pragma once

#include "state.h"

#include <gov/abi/search.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace memory_search {

// All of them; of a query that names values of the facet "source", those that have one of these.
// The searcher may not be allowed to see the others, so how often they hold a word, and how long
// they are, must show neither in a score nor in how a word is understood. Borrows the state.
class View {
 public:
  View(const State& state, std::span<const gov_pair> facets, const Options& options);

  const State& state() const { return state_; }
  bool whole() const { return seen_.empty(); }
  std::uint64_t passages() const { return passages_; }
  std::uint32_t documents() const { return documents_; }
  std::uint64_t passages_with(std::string_view term) const;
  Norm norm(PassageRef ref) const {
    const Part& part = state_.parts[ref.part];
    return whole() ? part.norms[ref.passage] : norms_.of(part.segment->words[ref.passage]);
  }

 private:
  void count(const Options& options);

  const State& state_;
  std::vector<Bitmap> seen_;  // by part; empty: everything
  std::uint64_t passages_;
  std::uint32_t documents_;
  Norms norms_;
};

}  // namespace memory_search
