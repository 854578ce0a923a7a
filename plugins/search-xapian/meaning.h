// What a searcher's words mean for some databases.
#pragma once

#include <gov/search.hpp>

#include <xapian.h>

#include <string>
#include <vector>

namespace xapian_search {

struct Meaning {
  Xapian::Query query;               // empty: nothing can match
  std::vector<std::string> stems{};  // that are looked for
};

// Facets but "source", which has chosen the databases already. Throws Xapian::Error.
gov::Result<Meaning> read_query(const gov::Query& query, const Xapian::Database& database);

}  // namespace xapian_search
