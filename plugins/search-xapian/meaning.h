// What a searcher's words mean for some databases.
#pragma once

#include <gov/search.hpp>

#include <xapian.h>

#include <string>
#include <vector>

namespace xapian_search {

inline constexpr std::size_t kMaxQueryBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxWords = 64;         // distinct ones that are used
inline constexpr std::size_t kMaxAlternatives = 96;  // words of alternatives that count
inline constexpr std::size_t kMaxCorrections = 8;    // words of one query that are corrected

struct Meaning {
  Xapian::Query query;               // empty: nothing can match
  std::vector<std::string> stems{};  // that are looked for
};

// Facets but "source", which has chosen the databases already. Throws Xapian::Error.
gov::Result<Meaning> read_query(const gov::Query& query, const Xapian::Database& database);

}  // namespace xapian_search
