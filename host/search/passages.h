// The passages that are indexed: sections of documents, entries of frameworks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "content/snapshot.h"

namespace govhost::search {

// Where a passage stands in its document.
struct Place {
  std::optional<std::size_t> section;  // of Document::sections; nullopt: before the first heading
  std::optional<std::size_t> entry;    // of Document::entries, for frameworks
};

struct PassageText {
  std::string id;  // "risk/10_prompt-injection#summary": stable across snapshots
  std::string heading;
  std::string text;  // what match ranges count in
  Place place;
  bool reading_list = false;  // links to read on, no explanation
  std::size_t hash = 0;       // of the id
};

struct FoundPassage {
  const PassageText* text = nullptr;  // null: there is none
  std::size_t document = 0;           // index of Snapshot::documents()

  explicit operator bool() const { return text != nullptr; }
};

// All passages of one snapshot and the way back from a passage's id. Immutable once built.
class Passages {
 public:
  explicit Passages(const content::Snapshot& snapshot);
  // Takes over those of documents that `snapshot` has from `before`.
  Passages(const content::Snapshot& snapshot, const content::Snapshot& before,
           const Passages& passages_before);

  std::size_t size() const { return size_; }
  std::span<const PassageText> of(std::size_t document) const { return *documents_[document]; }
  // Whether the passages of both documents are the same ones, taken over.
  bool shares(std::size_t document, const Passages& other, std::size_t of_other) const {
    return documents_[document] == other.documents_[of_other];
  }
  FoundPassage find(std::string_view id) const;

 private:
  using Texts = std::vector<PassageText>;
  // Of an open hash table: every hit of every query is looked up, and in a large corpus each step
  // to another place in memory costs more than the hash.
  struct Slot {
    const PassageText* text = nullptr;  // null: free
    std::uint32_t tag = 0;              // of the id's hash
    std::uint32_t document = 0;
  };
  void make_table();
  // The slot of the id, or the free one where it belongs.
  std::size_t place_of(std::string_view id, std::size_t hash) const;
  bool taken(const PassageText& text) const;
  void rename(std::size_t document);

  std::vector<std::shared_ptr<const Texts>> documents_;
  std::unordered_set<std::size_t> renamed_;  // documents some of whose ids were taken
  std::size_t size_ = 0;
  std::vector<Slot> slots_;  // a power of 2, of which at most three quarters are taken
};

}  // namespace govhost::search
