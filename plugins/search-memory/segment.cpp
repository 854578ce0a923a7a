#include "segment.h"

#include <algorithm>
#include <numeric>

namespace memory_search {

std::optional<std::uint32_t> Segment::find_passage(std::string_view id) const {
  const auto found =
      std::lower_bound(by_id.begin(), by_id.end(), id,
                       [&](std::uint32_t p, std::string_view wanted) { return ids[p] < wanted; });
  if (found == by_id.end() || ids[*found] != id) return std::nullopt;
  return *found;
}

std::optional<std::uint32_t> Segment::find_term(std::string_view term) const {
  const std::uint32_t found = terms.find_sorted(term);
  return found == terms.size() ? std::nullopt : std::optional(found);
}

std::size_t Segment::bytes() const {
  return ids.bytes() + versions.bytes() + words.capacity() * sizeof(Counts) +
         (by_id.capacity() + document.capacity()) * sizeof(std::uint32_t) + document_names.bytes() +
         spellings.bytes() + terms.bytes() + entries.capacity() * sizeof(TermEntry) +
         postings.bytes() + facets.bytes();
}

void Segment::add_passage(std::string_view id, std::string_view version,
                          std::uint32_t document_number, const Counts& field_words) {
  ids.add(id);
  versions.add(version);
  document.push_back(document_number);
  words.push_back(field_words);
  for (std::uint32_t f = 0; f < kFields; ++f) total_words[f] += field_words[f];
}

void Segment::finish(const FacetLists& facet_lists) {
  facets = FacetTable(facet_lists, passages());
  by_id.resize(passages());
  std::iota(by_id.begin(), by_id.end(), 0u);
  std::sort(by_id.begin(), by_id.end(),
            [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
  ids.shrink();
  versions.shrink();
  words.shrink_to_fit();
  document.shrink_to_fit();
  document_names.shrink();
  spellings.shrink();
  terms.shrink();
  entries.shrink_to_fit();
  postings.shrink();
}

}  // namespace memory_search
