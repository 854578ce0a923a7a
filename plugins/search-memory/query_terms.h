// What a searcher's words mean for one state of the index.
#pragma once

#include "view.h"

#include <gov/search.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace memory_search {

// A word of the index that the query looks for.
struct QueryTerm {
  std::string text;            // as it stands in the index
  std::uint64_t passages = 0;  // how many of the view hold it; never 0
  float idf = 0;
  float weight = 1;  // below 1: an alternative or a correction
};

// Terms of one meaning: a word of the query with its alternatives, or alternatives of a phrase.
struct TermGroup {
  std::uint32_t first = 0, count = 0;  // in QueryTerms::terms
  float value = 0;                     // how much it matters that a passage holds it
};

// Two words of the query that follow each other.
struct TermPair {
  std::uint32_t first, second;  // term numbers, different
  std::uint32_t distance;       // words from one to the other, stop words included: 1 is adjacent
};

struct QueryTerms {
  std::vector<TermGroup> groups;
  std::vector<QueryTerm> terms;  // those that some passage of the view holds, group by group
  std::vector<TermPair> pairs;
  float value = 0;                        // of all groups
  std::vector<const TermEntry*> entries;  // [part * terms + term], nullptr: not in this part
};

// Uses the first search_common::kMaxQueryTerms distinct words that are no stop words. Borrows the
// state.
gov::Result<QueryTerms> read_query(const gov::Query& query, const View& view);

}  // namespace memory_search
