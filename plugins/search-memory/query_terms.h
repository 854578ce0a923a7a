// What a searcher's words mean for one state of the index.
#pragma once

#include "state.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace memory_search {

inline constexpr std::size_t kMaxQueryBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxQueryTerms = 64;

struct QueryTerm {
  std::string text;            // as it stands in the index
  std::uint64_t passages = 0;  // how many hold it; 0: the index does not know it
  float idf = 0;
};

// Two known terms that follow each other in the query.
struct TermPair {
  std::uint32_t first, second;  // term numbers, different
  std::uint32_t distance;       // words from one to the other, stop words included: 1 is adjacent
};

struct QueryTerms {
  std::vector<QueryTerm> terms;  // distinct, in the order of the query
  std::vector<TermPair> pairs;
  std::uint32_t known = 0;                // terms that some passage holds
  std::vector<const TermEntry*> entries;  // [part * terms + term], nullptr: not in this part
};

// Uses the first kMaxQueryTerms distinct words that are no stop words. Borrows the state.
gov::Result<QueryTerms> read_query(std::string_view text, const State& state);

}  // namespace memory_search
