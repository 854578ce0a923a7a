#include "content/outline.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace govhost::content {
namespace {

// A line's marks of containers and blocks are far shorter; deeper nesting is an attack.
constexpr std::size_t kMaxMarks = 256;
constexpr std::size_t kMaxHtml = 2000;

// What ends a block of HTML may stand anywhere in a line (CommonMark 0.29, 4.6).
void append_html_ends(std::string& out, std::string_view rest) {
  if (rest.find('>') == std::string_view::npos) return;
  static constexpr std::array<std::string_view, 3> kMarks = {"-->", "?>", "]]>"};
  for (const std::string_view mark : kMarks) {
    if (rest.find(mark) != std::string_view::npos) out += mark;
  }
  if (rest.find("</") != std::string_view::npos) {
    static constexpr std::array<std::string_view, 3> kTags = {"</script>", "</pre>", "</style>"};
    const std::string lowered = lower(rest);
    for (const std::string_view tag : kTags) {
      if (lowered.find(tag) != std::string::npos) out += tag;
    }
  }
  out += '>';
}

void append_text(std::string& out, std::string_view rest) {
  out += 'a';
  append_html_ends(out, rest);
}

// Three or more backticks or tildes may open or close a code block; a backtick behind backticks
// makes them text (4.5).
void append_fence(std::string& out, std::string_view rest) {
  const std::size_t run = std::min(rest.find_first_not_of(rest[0]), rest.size());
  if (run < 3) return append_text(out, rest);
  out.append(rest.substr(0, run));
  const std::string_view info = rest.substr(run);
  if (trim(info).empty()) return;
  out += 'a';
  if (rest[0] == '`' && info.find('`') != std::string_view::npos) out += '`';
  append_html_ends(out, info);
}

// A tag decides by its whole text whether it opens a block. Brackets inside mean nothing for that.
void append_html(std::string& out, std::string_view rest) {
  static constexpr std::string_view kData = "<![CDATA[";
  const char next = rest.size() > 1 ? rest[1] : ' ';
  const bool tag = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' ||
                   next == '!' || next == '?';
  if (!tag) return append_text(out, rest);
  const std::size_t kept = rest.starts_with(kData) ? kData.size() : 0;
  out.append(rest.substr(0, kept));
  for (const char c : rest.substr(kept, kMaxHtml)) out += c == '[' ? 'a' : c;
  if (rest.size() > kept + kMaxHtml) append_html_ends(out, rest.substr(kept + kMaxHtml));
}

// A line that defines a link is no text, so what follows it can be no underlined heading (4.7).
void append_bracket(std::string& out, std::string_view rest) {
  const std::size_t close = rest.find(']');
  const bool definition = close != std::string_view::npos && close > 1 && close + 2 < rest.size() &&
                          rest[close + 1] == ':' && !trim(rest.substr(close + 2)).empty();
  if (!definition) return append_text(out, rest);
  out += "[a]: a";
  append_html_ends(out, rest);
}

// An editor's no-break space behind the signs of a heading: CommonMark takes the line for text, but
// its author meant a heading, and readers see one.
bool is_heading_with_no_break_space(std::string_view marks, std::string_view rest) {
  const std::string_view signs = trim(marks);
  return !signs.empty() && signs.size() <= 6 && marks.size() <= signs.size() + 3 &&
         marks.back() == '#' && signs.find_first_not_of('#') == std::string_view::npos &&
         rest.starts_with("\xC2\xA0");
}

void append_line(std::string& out, std::string_view line) {
  static constexpr std::string_view kMarks = " \t>-+*_=#.)0123456789";
  const std::size_t marks = std::min(line.find_first_not_of(kMarks), line.size());
  if (marks > kMaxMarks) {
    out.append(line.substr(0, kMaxMarks));
    return append_text(out, line.substr(kMaxMarks));
  }
  out.append(line.substr(0, marks));
  const std::string_view rest = line.substr(marks);
  if (rest.empty()) return;
  if (is_heading_with_no_break_space(line.substr(0, marks), rest)) out += ' ';
  switch (rest[0]) {
    case '`':
    case '~': return append_fence(out, rest);
    case '<': return append_html(out, rest);
    case '[': return append_bracket(out, rest);
    default: return append_text(out, rest);
  }
}

}  // namespace

std::string outline_of(std::string_view markdown) {
  std::string out;
  out.reserve(markdown.size() / 4);
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    append_line(out, markdown.substr(0, end));
    out += '\n';
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return out;
}

}  // namespace govhost::content
