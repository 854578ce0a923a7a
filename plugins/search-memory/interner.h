// Gives equal texts equal numbers.
#pragma once

#include "string_table.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace memory_search {

// A hash table with open addressing: half the time of std::unordered_map in the indexer's inner
// loop. Seeded at random, so that no document can be written to make it slow.
class Interner {
 public:
  Interner();

  struct Number {
    std::uint32_t value;  // dense, from 0
    bool is_new;
  };
  Number add(std::string_view text);

  std::string_view operator[](std::size_t number) const { return texts_[number]; }
  std::uint32_t size() const { return texts_.size(); }

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t number;  // kFree: none
  };
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  std::uint32_t hash(std::string_view text) const;
  void grow();

  StringTable texts_;
  std::vector<Slot> slots_;  // a power of two
  std::uint64_t seed_;
};

}  // namespace memory_search
