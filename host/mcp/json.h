// Reading JSON from the network.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace govhost::mcp {

using Json = nlohmann::json;

inline constexpr std::size_t kMaxDepth = 32;

// nullopt for anything that is not one JSON text of valid UTF-8 with at most kMaxDepth levels,
// because everything later that walks the tree recurses. Numbers that no 64-bit integer holds
// become doubles, those beyond double's range are refused.
std::optional<Json> parse_json(std::string_view text);

// Empties a value that parse_json made, sooner than its destructor would.
void release(Json& value);

// The member of an object, or nullptr when there is none (or the value is no object).
const Json* member(const Json& value, std::string_view name);

// The member as text, or nullptr when it is absent or no string.
const std::string* text_member(const Json& value, std::string_view name);

// Appends the text of `value` without blanks, members sorted: as dump() writes it, without what a
// serializer costs.
void append_text(std::string& out, const Json& value);

}  // namespace govhost::mcp
