// Finds documents by the names that clients call them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "content/document.h"

namespace govhost::content {

// How the documents of one snapshot stand to those of the one before.
struct Lineage {
  static constexpr std::uint32_t kGone = std::numeric_limits<std::uint32_t>::max();
  // Where each document of the snapshot before stands now, ascending but for kGone.
  std::vector<std::uint32_t> moved;
  std::vector<std::uint32_t> fresh;  // those that it did not have, ascending
};

// Whether a client may call the document so, ignoring case.
bool has_name(const Document& document, std::string_view name);

// Holds a hash for each name and no text: what it finds must be asked has_name(). Those of
// documents that go over from the snapshot before are not made again. Immutable.
class NameIndex {
 public:
  NameIndex() = default;
  NameIndex(std::span<const Document> documents, const Lineage& lineage, const NameIndex& before);

  // Documents that may have the name, which is in lower case, as entries: index_of() each.
  std::span<const std::uint64_t> find(std::string_view name) const;
  static std::size_t index_of(std::uint64_t entry) { return entry & 0xffff'ffffu; }
  // Documents that share a hash, two or more: calls on_group(entries).
  template <class OnGroup>
  void each_group(const OnGroup& on_group) const {
    for (std::size_t begin = 0, end = 0; begin < entries_.size(); begin = end) {
      while (end < entries_.size() && entries_[end] >> 32u == entries_[begin] >> 32u) ++end;
      if (end - begin > 1) on_group(std::span(entries_).subspan(begin, end - begin));
    }
  }

 private:
  std::vector<std::uint64_t> entries_;  // sorted: a hash in the upper half, an index in the lower
};

}  // namespace govhost::content
