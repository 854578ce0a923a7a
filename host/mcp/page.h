// Pages of lists. Cursors hold their own state, so any replica can continue any list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/json.h"

namespace govhost::mcp {

// Which part of a list to show.
struct Page {
  std::size_t begin = 0, end = 0;
  std::string next;  // cursor of the following page; empty: this is the last one
};

// `list` and `digest` (of the content that the list is made from) are part of the cursor: one of
// another list, or of content that has changed, is refused rather than misread. nullopt: the
// params' cursor is not one of ours; "" is the first page.
std::optional<Page> page_of(const Json& params, std::string_view list, std::string_view digest,
                            std::size_t total, std::size_t page_size);

}  // namespace govhost::mcp
