// Finds entries of frameworks by what people call them: "c3-s2-a14", "Article 14", "AC-4",
// "EU AI Act human oversight".
#pragma once

#include "content/graph.h"
#include "content/visibility.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace govhost::content {

// Immutable once built, in linear time from the titles and keys.
class EntryIndex {
 public:
  // How a name was understood.
  enum class By { kKey, kNumber, kTitle };
  struct Found {
    By by = By::kKey;
    std::vector<NodeId> entries;  // best first; empty: nothing
  };

  EntryIndex() = default;
  explicit EntryIndex(const Graph& graph);  // must stay where it is

  // The entries that `text` names; by the strictest reading that finds any: the key or the label
  // at the beginning of a title, then the number of an article, then all words in key, title and
  // name of the framework, then a number among words ("what covers article 13 of the EU AI Act").
  // Of one framework only, unless it is null. Linear in the text and the
  // entries that share a word with it; what is beyond kMaxText bytes finds nothing.
  Found find(std::string_view text, const Document* framework, const Visibility& visible) const;

  // Up to `limit` entries with the nearest key or the most words, for "did you mean".
  std::vector<NodeId> nearest(std::string_view text, const Document* framework, std::size_t limit,
                              const Visibility& visible) const;

  static constexpr std::size_t kMaxText = 512;

 private:
  using Ids = std::vector<NodeId>;
  struct Scope {
    const Document* framework;
    const Visibility& visible;
  };
  // `shared`: what the name of the framework adds to the words of each of its entries.
  void add(NodeId id, const std::vector<std::string>& shared);
  bool holds(const Scope& scope, NodeId id) const;
  Ids labelled(const std::string& label, const Scope& scope) const;
  Ids with_all(const std::vector<std::string>& words, const Scope& scope) const;
  Ids of_number(const std::vector<std::string>& words, const Scope& scope) const;
  void sort(Ids& entries, const std::string& label, const Visibility& visible) const;

  const Graph* graph_ = nullptr;
  std::unordered_map<std::string, Ids> labels_;  // letters and digits only: "ac4", "iiis2a14"
  std::unordered_map<std::string, Ids> words_;
};

// The words of a name in lower case, plurals folded, common English words left out. The number of
// an article is one word with it ("#14"), whose paragraphs are left out.
std::vector<std::string> words_of_name(std::string_view text);

}  // namespace govhost::content
