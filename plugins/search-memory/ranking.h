// Finds and orders the best passages for a query.
#pragma once

#include "options.h"
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
  std::uint64_t total = 0;   // passages that match in all, or documents
};

// How much is wanted of what.
struct Wanted {
  std::span<const gov_pair> facets;
  std::size_t limit = 1;
  std::size_t per_document = 0;  // 0: any number, and documents count nothing

  bool whole_documents(const Options& options) const {
    return per_document > 0 && options.document_weight > 0;
  }
};

// README.md, "How ranking works", is the specification. CANCELLED when the call is.
gov::Result<Ranking> rank(const View& view, const QueryTerms& query, const Wanted& wanted,
                          const Options& options, const gov::Call& call);

// BM25F of one term in one passage, without the idf.
inline float saturated(const Counts& counts, const Norm& norm, float k1) {
  float weight = 0;
  for (const Field field : kAllFields) weight += static_cast<float>(counts[field]) * norm[field];
  return weight / (k1 + weight);
}

}  // namespace memory_search
