// Finds and orders the best passages for a query.
#pragma once

#include "query_terms.h"

#include <gov/search.hpp>

#include <span>
#include <vector>

namespace memory_search {

struct Ranked {
  float score;
  std::uint32_t place;  // in State::by_id: decides between equal scores
};

struct Ranking {
  std::vector<Ranked> best;  // best first; equal scores by ascending id
  std::uint64_t total = 0;   // passages that match in all
};

// README.md, "How ranking works", is the specification. CANCELLED when the call is.
gov::Result<Ranking> rank(const State& state, const QueryTerms& query,
                          std::span<const gov_pair> facets, std::size_t limit, float k1,
                          float phrase_bonus, const gov::Call& call);

}  // namespace memory_search
