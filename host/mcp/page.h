// Pages of lists. Cursors hold their own state, so any replica can continue any list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/key_ring.h"
#include "mcp/json.h"

namespace govhost::mcp {

// Which part of a list to show.
struct Page {
  std::size_t begin = 0, end = 0;
  std::string next;  // cursor of the following page; empty: this is the last one
};

// What is paged. `name` and `digest` (of the content that the list is made from) are part of the
// cursor: one of another list, or of content that has changed, is refused rather than misread.
struct Paged {
  std::string_view name, digest;
  std::size_t total = 0, page_size = 0;
};

// nullopt: the params' cursor is not one that this server has signed for this list; "" is the first
// page.
std::optional<Page> page_of(const Json& params, const Paged& list, const KeyRing& keys);

}  // namespace govhost::mcp
