// The passages that are indexed: sections of documents, entries of frameworks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"

namespace govhost::search {

// Where a passage stands.
struct Place {
  std::size_t document = 0;            // index of Snapshot::documents()
  std::optional<std::size_t> section;  // of Document::sections; nullopt: before the first heading
  std::optional<std::size_t> entry;    // of Document::entries, for frameworks
};

struct PassageText {
  std::string id;  // "risk/10_prompt-injection#summary": stable across snapshots
  std::string heading;
  std::string text;  // what match ranges count in
  Place place;
  bool reading_list = false;  // links to read on, no explanation
};

// All passages of one snapshot and the way back from a passage's id. Immutable once built.
class Passages {
 public:
  explicit Passages(const content::Snapshot& snapshot);

  const std::vector<PassageText>& all() const { return all_; }
  const PassageText* find(std::string_view id) const;

 private:
  // Of an open hash table that is at most half full: every hit of every query is looked up, and in
  // a large corpus each step to another place in memory costs more than the hash.
  struct Slot {
    std::uint32_t tag = 0;      // of the id's hash
    std::uint32_t passage = 0;  // 1 more than its index; 0: free
  };
  std::size_t place_of(std::string_view id) const;  // its slot, or the free one where it belongs
  void grow();
  void add(std::string id, std::string_view heading, std::string text, Place place);
  void add_sections(std::size_t index, const content::Document& document);
  void add_entries(std::size_t index, const content::Document& framework);

  std::vector<PassageText> all_;
  std::vector<Slot> slots_;  // a power of 2
};

}  // namespace govhost::search
