// What whole documents hold of a query.
#pragma once

#include "ranking.h"

#include <cstdint>
#include <span>
#include <vector>

namespace memory_search {

// A situation told in a sentence is seldom in one passage: one tells the cause, another the harm.
// Each meaning of the query counts with the passage of the document that says it best.
// README.md, "How ranking works", is the specification. One value per document, in their order;
// `documents` are numbers as in Part::document, each once.
std::vector<float> whole_documents(const View& view, const QueryTerms& query,
                                   std::span<const std::uint32_t> documents,
                                   const Options& options);

// Adds to every passage what its document is worth, and orders them anew.
void add_whole_documents(const View& view, const QueryTerms& query, const Options& options,
                         std::vector<Ranked>& best);

}  // namespace memory_search
