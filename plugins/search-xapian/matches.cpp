#include "matches.h"

#include "tokenizer.h"

#include <algorithm>
#include <utility>

namespace xapian_search {

Matches::Matches(const std::vector<std::string>& stems, search_common::Stemmer stemmer)
    : stems_(stems), stemmer_(std::move(stemmer)) {
  for (const std::string& stem : stems)
    if (!stem.empty()) begins_[static_cast<unsigned char>(stem[0])] = true;
}

std::span<const gov_range> Matches::in(std::string_view text) {
  ranges_.clear();
  search_common::Tokenizer tokenizer(text);
  while (const search_common::Token* const token = tokenizer.next()) {
    if (!begins_[static_cast<unsigned char>(token->text[0])]) continue;
    const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
    if (!stem || !std::binary_search(stems_.begin(), stems_.end(), *stem)) continue;
    // A compound comes before its parts.
    if (!ranges_.empty() && token->begin < ranges_.back().end) {
      ranges_.back().end = std::max<std::uint64_t>(ranges_.back().end, token->end);
      continue;
    }
    if (ranges_.size() == kMaxMatches) break;
    ranges_.push_back({token->begin, token->end});
  }
  return ranges_;
}

}  // namespace xapian_search
