// A look at TOML text before it is parsed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace govhost::config {

inline constexpr std::size_t kMaxNesting = 16;

// The line where brackets nest, or a dotted key has parts, beyond kMaxNesting. The parser builds
// one level per part of a dotted key without a limit and frees the levels recursively: a 400 KB
// line "a.a.a. ..." overflows the stack (measured with toml++ 3.3.0).
std::optional<std::size_t> find_excessive_nesting(std::string_view toml);

}  // namespace govhost::config
