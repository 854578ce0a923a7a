// Which documents one reader may see.
#pragma once

#include "content/document.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::content {

// Which documents not every reader may see. There are at most 64 restrictions; whoever is not free
// of one does not see the documents that it is about.
struct Restricting {
  std::function<std::uint64_t(const Document&)> of =
      {};  // a bit for each; null: none is restricted
  // Those that a document of this source may have that could not be read; null: none.
  std::function<std::uint64_t(std::string_view source)> unread = {};
  std::uint64_t all = 0;
};

// For whoever may not see it a document is as if it did not exist: it is not listed, found,
// counted, linked or suggested.
class Visibility {
 public:
  Visibility() = default;  // everything
  // `hidden`: the restrictions that the reader is not free of. `hidden_sources`: of which he sees
  // nothing; `partial_sources`: of which he may see a part.
  explicit Visibility(std::uint64_t hidden, std::vector<std::string_view> hidden_sources = {},
                      std::vector<std::string_view> partial_sources = {})
      : hidden_(hidden),
        hidden_sources_(std::move(hidden_sources)),
        partial_sources_(std::move(partial_sources)) {}

  bool everything() const { return hidden_ == 0; }
  bool sees(const Document& document) const { return sees(document.restrictions); }
  bool sees(std::uint64_t restrictions) const { return (restrictions & hidden_) == 0; }
  bool sees_source(std::string_view source) const { return !contains(hidden_sources_, source); }
  // What is counted of a source as a whole would tell of what is hidden in it. An empty name among
  // the partial sources stands for every source.
  bool sees_all_of(std::string_view source) const {
    return sees_source(source) && !contains(partial_sources_, source) &&
           !contains(partial_sources_, {});
  }
  // Readers who see the same have the same.
  std::uint64_t hidden() const { return hidden_; }

 private:
  static bool contains(const std::vector<std::string_view>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  }

  std::uint64_t hidden_ = 0;
  std::vector<std::string_view> hidden_sources_, partial_sources_;
};

}  // namespace govhost::content
