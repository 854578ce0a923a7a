// Markdown as it is read, for the index and the snippets.
#pragma once

#include <string>
#include <string_view>

namespace govhost::search {

// The text of one section on one line: of links the text without the target, no emphasis, code or
// image marks, runs of blanks as one space. Linear in the size; needs no valid Markdown.
std::string readable(std::string_view markdown);

// Whether a heading announces a list of links. Such sections name every topic and explain none, so
// they must not stand before the section that does.
bool is_reading_list(std::string_view heading);

}  // namespace govhost::search
