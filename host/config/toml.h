// TOML text to a tree: the only place that knows the parser. Internal to this folder.
#pragma once

#include "config/fault.h"
#include "config/tree.h"

#include <optional>
#include <string>
#include <string_view>

namespace govhost::config {

// On a fault the tree is of no use. The parser stops at the first error of syntax.
std::optional<Fault> parse_toml(std::string_view text, const std::string& where, Tree& tree);

// One TOML value ("64", "true", "[1, 2]"), or nothing when the text is not one.
std::optional<nlohmann::json> parse_toml_value(std::string_view text);

}  // namespace govhost::config
