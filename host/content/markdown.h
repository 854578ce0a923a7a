// The headings of Markdown text, found by libcmark-gfm.
#pragma once

#include "content/document.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace govhost::content {

// Headings of the document itself; those inside of quotes and lists are part of their section, and
// a '#' in a code block is none. `body` is valid UTF-8 with LF line ends.
std::vector<Section> read_sections(std::string_view body);

// Sets `end` and `subtree_end` from the levels and beginnings.
void close_sections(std::vector<Section>& sections, std::size_t body_size);

// Makes anchors as GitHub does: lower case, blanks to hyphens, punctuation dropped, a number behind
// what was used before.
class Anchors {
 public:
  std::string make(std::string_view heading);

 private:
  std::unordered_map<std::string, std::size_t> used_;
};

}  // namespace govhost::content
