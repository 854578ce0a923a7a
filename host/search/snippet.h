// The few words around a match.
#pragma once

#include <gov/abi/base.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::search {

inline constexpr std::size_t kMaxSnippet = 280;  // characters

struct Snippet {
  struct Mark {
    std::size_t begin, end;  // characters (code points) of the text
  };
  std::string text;
  std::vector<Mark> marks;  // where it matches, ascending
};

// At most kMaxSnippet characters of `text` that holds the densest group of matches,
// with an ellipsis where it is cut. `text` is as readable() makes it; `matches` are byte ranges of
// it, ascending.
Snippet make_snippet(std::string_view text, std::span<const gov_range> matches);

}  // namespace govhost::search
