#include "facets.h"

#include <gov/status.hpp>

#include <algorithm>
#include <bit>
#include <numeric>

namespace memory_search {

std::string facet_key(std::string_view name, std::string_view value) {
  std::string key = std::to_string(name.size());
  key.reserve(key.size() + 1 + name.size() + value.size());
  return key.append(":").append(name).append(value);
}

void add_facet(FacetLists& lists, std::string_view key, std::uint32_t passage) {
  auto found = lists.find(key);
  if (found == lists.end()) found = lists.emplace(key, std::vector<std::uint32_t>()).first;
  if (found->second.empty() || found->second.back() != passage) found->second.push_back(passage);
}

FacetTable::FacetTable(const FacetLists& lists, std::uint32_t passages) {
  for (const auto& [key, list] : lists) {
    keys_.add(key);
    const bool dense = list.size() * 32 > passages;  // 32 bits a passage against one
    const auto count = static_cast<std::uint32_t>(list.size());
    if (!dense) {
      entries_.push_back({static_cast<std::uint32_t>(lists_.size()), count, false});
      lists_.insert(lists_.end(), list.begin(), list.end());
      continue;
    }
    Bitmap bits = make_bitmap(passages);
    for (const std::uint32_t passage : list) set_bit(bits, passage);
    entries_.push_back({static_cast<std::uint32_t>(bitmaps_.size()),
                        static_cast<std::uint32_t>(bits.size()), true});
    bitmaps_.insert(bitmaps_.end(), bits.begin(), bits.end());
  }
  keys_.shrink();
  lists_.shrink_to_fit();
  bitmaps_.shrink_to_fit();
}

std::vector<std::uint32_t> FacetTable::passages(std::uint32_t i) const {
  const Entry& entry = entries_[i];
  if (!entry.dense) {
    const auto begin = lists_.begin() + entry.begin;
    return {begin, begin + entry.count};
  }
  std::vector<std::uint32_t> out;
  for (std::uint32_t word = 0; word < entry.count; ++word)
    for (std::uint64_t bits = bitmaps_[entry.begin + word]; bits != 0; bits &= bits - 1)
      out.push_back(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
  return out;
}

bool FacetTable::select(std::span<const gov_pair> wanted, std::uint32_t passages,
                        Bitmap& filter) const {
  if (wanted.empty()) return false;
  std::vector<std::uint32_t> order(wanted.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto name = [&](std::uint32_t i) { return gov::to_cpp(wanted[i].name); };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); });

  filter.assign(make_bitmap(passages).size(), ~std::uint64_t{0});
  Bitmap any;
  for (std::size_t i = 0; i < order.size();) {
    any.assign(filter.size(), 0);
    const std::string_view group = name(order[i]);
    for (; i < order.size() && name(order[i]) == group; ++i)
      unite(facet_key(group, gov::to_cpp(wanted[order[i]].value)), any);
    for (std::size_t word = 0; word < filter.size(); ++word) filter[word] &= any[word];
  }
  return true;
}

void FacetTable::unite(std::string_view key, Bitmap& into) const {
  const std::uint32_t found = keys_.find_sorted(key);
  if (found == keys_.size()) return;
  const Entry& entry = entries_[found];
  for (std::uint32_t i = 0; i < entry.count; ++i) {
    if (entry.dense)
      into[i] |= bitmaps_[entry.begin + i];
    else
      set_bit(into, lists_[entry.begin + i]);
  }
}

std::size_t FacetTable::bytes() const {
  return keys_.bytes() + entries_.capacity() * sizeof(Entry) +
         lists_.capacity() * sizeof(std::uint32_t) + bitmaps_.capacity() * sizeof(std::uint64_t);
}

}  // namespace memory_search
