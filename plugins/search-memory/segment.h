// An immutable part of the index: passages, their terms, spellings, postings and facets.
#pragma once

#include "facets.h"
#include "postings.h"
#include "spellings.h"
#include "string_table.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace memory_search {

// Plain data while it is made, shared as const afterwards: any number of threads may read it. It
// holds no text of a passage, only what finding needs.
struct Segment {
  // By passage number.
  StringTable ids, versions;
  std::vector<Counts> words;            // how many, per field
  std::vector<std::uint32_t> by_id;     // passage numbers, ascending by id
  std::vector<std::uint32_t> document;  // number in document_names
  StringTable document_names;           // a passage that stands alone is its own document

  // By term number; terms ascending.
  StringTable terms;
  std::vector<TermEntry> entries;

  Spellings spellings;
  PostingLists postings;
  FacetTable facets;
  std::array<std::uint64_t, kFields> total_words{};

  std::uint32_t passages() const { return ids.size(); }
  std::optional<std::uint32_t> find_passage(std::string_view id) const;
  std::optional<std::uint32_t> find_term(std::string_view term) const;
  std::size_t bytes() const;

  void add_passage(std::string_view id, std::string_view version, std::uint32_t document_number,
                   const Counts& field_words);
  // The last step of making one: facets, the order of the ids, no spare capacity.
  void finish(const FacetLists& facet_lists);
};

using SegmentPtr = std::shared_ptr<const Segment>;

// One segment of others, without the passages that are erased. The order of the inputs is the order
// of the passages in it.
struct MergeInput {
  const Segment* segment;
  const Bitmap* erased;  // nullptr: none
};
SegmentPtr merge(std::span<const MergeInput> inputs);

}  // namespace memory_search
