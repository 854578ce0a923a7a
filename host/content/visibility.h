// Which documents one reader may see.
#pragma once

#include "content/document.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::content {

// By source, because that is what an operator grants access to. For whoever may not see it a
// document is as if it did not exist: it is not listed, found, counted, linked or suggested.
class Visibility {
 public:
  Visibility() = default;  // everything
  explicit Visibility(std::vector<std::string_view> hidden_sources)
      : hidden_(std::move(hidden_sources)) {}

  bool everything() const { return hidden_.empty(); }
  bool sees_source(std::string_view source) const {
    return hidden_.empty() || std::find(hidden_.begin(), hidden_.end(), source) == hidden_.end();
  }
  bool sees(const Document& document) const { return sees_source(document.provenance.source); }

 private:
  std::vector<std::string_view> hidden_;
};

}  // namespace govhost::content
