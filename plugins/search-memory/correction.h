// What a word that no passage holds should probably have been.
#pragma once

#include "view.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace memory_search {

struct Correction {
  std::uint32_t errors = 0;  // 0: nothing is near enough
  std::string term;          // as it stands in the index
  std::uint64_t passages = 0;
};

// Of the words that a passage of the view holds. At most one typing error in short words and two in
// longer ones. Among equally near words the one that begins alike wins, then the one that more
// passages hold, then the alphabet.
Correction correct_word(std::string_view word, const View& view);

}  // namespace memory_search
