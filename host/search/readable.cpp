#include "search/readable.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace govhost::search {
namespace {

constexpr std::size_t kLongestLinkText = 300, kLongestTarget = 2000;  // bounds the looking ahead

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Where the text of a link ends that opens at `at`; npos when it is none.
std::size_t link_text_end(std::string_view text, std::size_t at) {
  const std::size_t close = text.substr(0, at + kLongestLinkText).find(']', at);
  return close != std::string_view::npos && close + 1 < text.size() && text[close + 1] == '(' ? close : std::string_view::npos;
}

// Behind the ")" that closes the target whose "(" is at `open`; `open` when nothing does.
std::size_t target_end(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < std::min(text.size(), open + kLongestTarget) && text[i] != '\n'; ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return open;
}

}  // namespace

std::string readable(std::string_view markdown) {
  std::string out;
  out.reserve(markdown.size());
  std::size_t link_close = std::string_view::npos;  // the "]" of the link being read
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    if (c == '*' || c == '`') continue;
    if (c == '!' && i + 1 < markdown.size() && markdown[i + 1] == '[') continue;
    if (c == '[' && link_close == std::string_view::npos) {
      link_close = link_text_end(markdown, i);
      if (link_close != std::string_view::npos) continue;
    }
    if (i == link_close) {
      link_close = std::string_view::npos;
      const std::size_t end = target_end(markdown, i + 1);
      if (end > i + 1) {
        i = end - 1;
        continue;
      }
    }
    if (!is_blank(c)) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_reading_list(std::string_view heading) {
  constexpr std::array<std::string_view, 8> kNames = {"links",   "references",   "additional resources", "further reading",
                                                      "sources", "bibliography", "related links",        "see also"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return equals_ignoring_case(heading, name); });
}

}  // namespace govhost::search
