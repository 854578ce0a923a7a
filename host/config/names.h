// Names of places in a tree of values, and values made safe to print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace govhost::config {

// The pointer (RFC 6901) of a member or element of what `pointer` names.
std::string child_pointer(std::string_view pointer, std::string_view key);
std::string child_pointer(std::string_view pointer, std::size_t index);

// "/filters/0/kind" as an operator writes it: "filters.0.kind".
std::string dotted(std::string_view pointer);

// At most 64 bytes of valid UTF-8 without control characters: names and values come from outside
// and end up in log lines and terminals.
std::string printable(std::string_view text);
std::string in_quotes(std::string_view text);

// Names of plugins and instances: they become metric labels and parts of dotted keys.
bool is_name(std::string_view text);  // [a-z][a-z0-9-]{0,31}
inline constexpr std::string_view kNameRule =
    "must be at most 32 lower-case letters, digits and '-', the first one a letter";

}  // namespace govhost::config
