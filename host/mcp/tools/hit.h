// What the search tools say of a hit, and read of their arguments.
#pragma once

#include <string>

#include "mcp/citation.h"
#include "mcp/tool.h"
#include "search/answer.h"

namespace govhost::mcp {

inline Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

inline std::size_t limit_of(const Json& arguments, std::size_t otherwise) {
  const Json* const limit = member(arguments, "limit");
  return limit ? limit->get<std::size_t>() : otherwise;
}

// The resource of the section or entry that the hit is in.
inline std::string uri_of_place(const search::Found& hit) {
  if (hit.entry) return uri_of_entry(*hit.document, *hit.entry);
  return hit.section ? uri_of_section(*hit.document, *hit.section) : hit.document->uri;
}

inline std::string link_of_place(const search::Found& hit) {
  if (hit.entry) return std::string(link_of_entry(*hit.document, *hit.entry));
  return hit.section ? link_of_section(*hit.document, *hit.section) : hit.document->provenance.link;
}

Tool search_everything_tool();

}  // namespace govhost::mcp
