// Whether words that stand together in the query do so in a passage.
#pragma once

#include "query_terms.h"

#include <cstdint>
#include <vector>

namespace memory_search {

// Reads positions of one part after the other, passages ascending.
class Proximity {
 public:
  Proximity(const QueryTerms& query, float bonus) : query_(query), bonus_(bonus) {}

  void open(const Segment& segment, std::uint32_t part);

  // The greatest factor that a passage can get.
  float most() const { return query_.pairs.empty() ? 1.0f : 1.0f + bonus_; }
  // The factor of a passage; anything below `needed` as soon as it cannot be reached. Passages
  // ascending.
  float factor(std::uint32_t passage, float needed);

 private:
  struct Look {
    PostingReader reader;
    std::uint32_t term_bytes = 0;
    bool more = false;
  };
  bool holds(Look& look, std::uint32_t passage);
  float closeness(const TermPair& pair, std::uint32_t passage);

  const QueryTerms& query_;
  const float bonus_;
  std::vector<Look> looks_;  // by term
};

}  // namespace memory_search
