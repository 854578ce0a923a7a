#include "search/readable.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.h"

namespace govhost::search {
namespace {

constexpr std::size_t kLongestTarget = 2000;  // bounds the looking ahead
constexpr std::size_t kDeepest = 16;          // brackets within brackets

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Behind the ")" that closes the target whose "(" is at `open`; `open` when nothing does.
std::size_t target_end(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < std::min(text.size(), open + kLongestTarget) && text[i] != '\n';
       ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return open;
}

// Marks the "[" and "]" of every link. Brackets go in pairs: the text of a link may hold some, and
// even an image that is a link itself.
std::vector<bool> brackets_of_links(std::string_view text) {
  std::vector<bool> marks(text.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') {
      if (open.size() == kDeepest) open.erase(open.begin());
      open.push_back(i);
    } else if (text[i] == ']' && !open.empty()) {
      const std::size_t from = open.back();
      open.pop_back();
      if (i + 1 == text.size() || text[i + 1] != '(') continue;
      const std::size_t end = target_end(text, i + 1);
      if (end == i + 1) continue;
      marks[from] = marks[i] = true;
      i = end - 1;
    }
  }
  return marks;
}

}  // namespace

std::string readable(std::string_view markdown) {
  std::string out;
  out.reserve(markdown.size());
  const std::vector<bool> of_link = brackets_of_links(markdown);
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    if (c == '*' || c == '`') continue;
    if (c == '!' && i + 1 < markdown.size() && markdown[i + 1] == '[') continue;
    if (of_link[i]) {
      if (c == ']') i = target_end(markdown, i + 1) - 1;
      continue;
    }
    if (!is_blank(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_reading_list(std::string_view heading) {
  constexpr std::array<std::string_view, 8> kNames = {
      "links",   "references",   "additional resources", "further reading",
      "sources", "bibliography", "related links",        "see also"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return equals_ignoring_case(heading, name); });
}

}  // namespace govhost::search
