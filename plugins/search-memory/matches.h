// Where the query's words stand in the texts of the passages found.
#pragma once

#include "query_terms.h"
#include "ranking.h"

#include <gov/search.hpp>

#include <span>
#include <vector>

namespace memory_search {

inline constexpr std::size_t kMaxMatches = 64;  // per hit: the first ones

// Byte ranges of all hits, ascending and without overlap within one hit.
class Matches {
 public:
  Matches(const State& state, const QueryTerms& query, std::span<const Ranked> hits);

  std::span<const gov_range> of(std::size_t hit) const {
    return std::span(ranges_).subspan(places_[hit].begin, places_[hit].count);
  }

 private:
  struct Place {
    std::size_t begin, count;
  };
  Place collect(std::size_t begin);

  std::vector<gov_range> ranges_;
  std::vector<Place> places_;  // by hit
};

}  // namespace memory_search
