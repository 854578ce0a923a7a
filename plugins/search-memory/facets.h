// Which passages of a segment carry which facet, and the filter that a query's facets make.
#pragma once

#include "string_table.h"

#include <gov/abi/search.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace memory_search {

// One bit per passage.
using Bitmap = std::vector<std::uint64_t>;

inline Bitmap make_bitmap(std::uint32_t passages) { return Bitmap((passages + 63u) / 64u); }
inline bool has_bit(const Bitmap& bits, std::uint32_t i) {
  return (bits[i / 64] >> i % 64 & 1) != 0;
}
inline void set_bit(Bitmap& bits, std::uint32_t i) { bits[i / 64] |= std::uint64_t{1} << i % 64; }

// A facet as one text: the name's length keeps ("ab", "c") and ("a", "bc") apart.
std::string facet_key(std::string_view name, std::string_view value);

// Collects facets while a segment is built.
using FacetLists = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;
void add_facet(FacetLists& lists, std::string_view key, std::uint32_t passage);

// Sorted keys, each with its passages: as a list, or as a bitmap where that is smaller. Immutable.
class FacetTable {
 public:
  FacetTable() = default;
  FacetTable(const FacetLists& lists, std::uint32_t passages);

  std::uint32_t size() const { return keys_.size(); }
  std::string_view key(std::uint32_t i) const { return keys_[i]; }
  std::vector<std::uint32_t> passages(std::uint32_t i) const;  // ascending

  // Whether any facet is asked for; if so `filter` gets the passages that satisfy all of them.
  bool select(std::span<const gov_pair> wanted, std::uint32_t passages, Bitmap& filter) const;
  std::size_t bytes() const;

 private:
  struct Entry {
    std::uint32_t begin, count;  // of lists_ or, when dense, words of bitmaps_
    bool dense;
  };
  void unite(std::string_view key, Bitmap& into) const;

  StringTable keys_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> lists_;
  Bitmap bitmaps_;
};

}  // namespace memory_search
