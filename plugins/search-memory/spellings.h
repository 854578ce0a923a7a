// The words of a segment as they are written, to find what a misspelt word should have been.
#pragma once

#include "string_table.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace memory_search {

// Words of letters only, ascending, each with the number of its term. Immutable once made.
class Spellings {
 public:
  // Short words are too near to one another, long ones are no words.
  static bool worth_keeping(std::string_view word);

  void add(std::string_view word, std::uint32_t term);
  std::uint32_t size() const { return words_.size(); }
  std::string_view operator[](std::uint32_t i) const { return words_[i]; }
  std::uint32_t term(std::uint32_t i) const { return terms_[i]; }
  std::optional<std::uint32_t> find(std::string_view word) const {
    const std::uint32_t found = words_.find_sorted(word);
    return found == words_.size() ? std::nullopt : std::optional(found);
  }
  std::size_t bytes() const;
  void shrink();

  // The words at the least distance from `word` that is found, not above `most`, which becomes that
  // distance. Appends to `out` after clearing what was further away. Linear in the vocabulary; a
  // look at which letters a word has rules nearly all of it out. Only terms that `wanted` takes.
  void nearest(std::string_view word, std::uint32_t& most, std::vector<std::string_view>& out,
               const std::function<bool(std::uint32_t term)>& wanted) const;

 private:
  StringTable words_;
  std::vector<std::uint32_t> terms_;
  std::vector<std::uint32_t> letters_;  // 26 bits of which letters occur, above them the length
};

// How many letters are left out, added, changed or swapped with their neighbour, or `most` + 1 when
// it is more (optimal string alignment). For words of at most 32 bytes.
std::uint32_t typing_errors(std::string_view a, std::string_view b, std::uint32_t most);

}  // namespace memory_search
