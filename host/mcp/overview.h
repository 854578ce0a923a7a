// The knowledge base at a glance, as texts of resources.
#pragma once

#include <string>

#include "content/snapshot.h"

namespace govhost::mcp {

// Documents and edges that one overview names at most; it says when there are more.
inline constexpr std::size_t kMostListed = 5000;
inline constexpr std::size_t kMostEdges = 50'000;

// Markdown: every document under its kind, with the URI to read it.
std::string index_of(const content::Snapshot& snapshot, const content::Visibility& visible);

// JSON: {snapshot, nodes, edges, dangling, totals, truncated}. Nodes are the documents and those
// entries of frameworks that a document cites; edges lead from `from` to `to` by their uris.
std::string graph_of(const content::Snapshot& snapshot, const content::Visibility& visible);

}  // namespace govhost::mcp
