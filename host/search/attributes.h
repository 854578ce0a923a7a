// What is known about a document beside its text, as words to search for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"

namespace govhost::search {

// Borrows the snapshot.
class Attributes {
 public:
  explicit Attributes(const content::Snapshot& snapshot) : snapshot_(snapshot) {}

  // Tags and other values of the front matter, titles of the cited entries and of linked documents;
  // not of those that some reader of the document may not see: he could find it by their words.
  std::string text_of(const content::Document& document) const;

  // Whether text_of() depends on other documents too.
  bool names_others(const content::Document& document) const;

  // Names of the frameworks that the document cites or, of a framework, its own.
  static std::vector<std::string_view> frameworks_of(const content::Document& document);

 private:
  const content::Snapshot& snapshot_;
};

}  // namespace govhost::search
