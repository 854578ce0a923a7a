// The few words around a match.
#pragma once

#include <gov/abi/base.h>

#include <span>
#include <string>
#include <string_view>

namespace govhost::search {

inline constexpr std::size_t kMaxSnippet = 280;  // characters

// At most kMaxSnippet characters of `text` that holds the densest group of matches,
// with an ellipsis where it is cut. `text` is as readable() makes it; `matches` are byte ranges of
// it, ascending.
std::string make_snippet(std::string_view text, std::span<const gov_range> matches);

}  // namespace govhost::search
