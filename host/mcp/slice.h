// The part of a list that a tool's `limit` and `offset` ask for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "mcp/json.h"
#include "mcp/json_writer.h"

namespace govhost::mcp {

struct Slice {
  std::size_t total = 0, offset = 0, limit = 0;

  std::size_t begin() const { return std::min(offset, total); }
  std::size_t end() const { return begin() + std::min(limit, total - begin()); }

  // The members total, offset, limit and next_offset.
  void write(JsonWriter& w) const {
    w.number("total", total);
    w.number("offset", offset);
    w.number("limit", limit);
    end() < total ? w.number("next_offset", end()) : w.null("next_offset");
  }
};

// The argument's value, which its schema has checked.
inline std::size_t number_argument(const Json& arguments, std::string_view name,
                                   std::size_t otherwise) {
  const Json* const value = member(arguments, name);
  return value ? value->get<std::size_t>() : otherwise;
}

inline bool flag_argument(const Json& arguments, std::string_view name, bool otherwise) {
  const Json* const value = member(arguments, name);
  return value ? value->get<bool>() : otherwise;
}

inline Slice slice_of(const Json& arguments, std::size_t total, std::size_t limit) {
  return {total, number_argument(arguments, "offset", 0),
          number_argument(arguments, "limit", limit)};
}

// For schemas.
inline constexpr std::string_view kOffsetSchema =
    R"("offset":{"type":"integer","minimum":0,"maximum":1000000,"default":0,
      "description":"how many to skip: next_offset of the answer before"})";
inline constexpr std::string_view kSliceSchema =
    R"("total":{"type":"integer"},"offset":{"type":"integer"},"limit":{"type":"integer"},
    "next_offset":{"type":["integer","null"],"description":"null: this is the end"})";

}  // namespace govhost::mcp
