// Where the query's words stand in the text of a passage.
#pragma once

#include <gov/search.hpp>

#include "stemmer.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace xapian_search {

inline constexpr std::size_t kMaxMatches = 64;  // per hit: the first ones

// One thread at a time.
class Matches {
 public:
  // `stems` is sorted and outlives it.
  Matches(const std::vector<std::string>& stems, search_common::Stemmer stemmer);

  // Ascending, without overlap; valid until the next call.
  std::span<const gov_range> in(std::string_view text);

 private:
  const std::vector<std::string>& stems_;
  search_common::Stemmer stemmer_;
  // Whether any stem begins so. Stemming changes ends only, and most words are none of ours.
  std::array<bool, 256> begins_{};
  std::vector<gov_range> ranges_;
};

}  // namespace xapian_search
