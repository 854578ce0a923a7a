// What the database holds of a passage.
#pragma once

#include <gov/search.hpp>

#include "stemmer.h"

#include <xapian.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace xapian_search {

// Words weigh by their field, in halves of a word of the text: Xapian knows one length and one
// frequency per document, so a field's weight is how often its words count.
inline constexpr Xapian::termcount kTitleWeight = 8;
inline constexpr Xapian::termcount kHeadingWeight = 5;
inline constexpr Xapian::termcount kTextWeight = 2;
inline constexpr Xapian::termcount kAttributesWeight = 1;

// The value of the facet "source", or nothing.
std::string_view source_of(const gov_index_op& op);

// Takes the words of passages, one after the other. One thread at a time.
class Indexer {
 public:
  static gov::Result<Indexer> create();

  // Puts the passage in place of what the database holds under its id. Throws Xapian::Error.
  gov::Status put(const gov_index_op& op, Xapian::WritableDatabase& database);

 private:
  explicit Indexer(search_common::Stemmer stemmer) : stemmer_(std::move(stemmer)) {}
  gov::Status add(std::string_view text, Xapian::termcount weight, Xapian::Document& document,
                  Xapian::WritableDatabase& database);

  search_common::Stemmer stemmer_;
  // Spellings that this batch has added, by database.
  std::unordered_map<const void*, std::unordered_set<std::string>> spelt_;
};

}  // namespace xapian_search
