// The passages that are indexed: sections of documents, entries of frameworks.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void add(std::string id, std::string_view heading, std::string text, Place place);
  void add_sections(std::size_t index, const content::Document& document);
  void add_entries(std::size_t index, const content::Document& framework);

  std::vector<PassageText> all_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_id_;
};

}  // namespace govhost::search
