#include "content/markdown.h"

#include "content/outline.h"
#include "core/text.h"
#include "core/utf8.h"

#include <cmark-gfm.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace govhost::content {
namespace {

// A heading longer than this is shown as written: inlines may take quadratic time.
constexpr std::size_t kMaxParsedHeading = 2000;
constexpr std::size_t kMaxHeading = 300;

struct NodeDeleter {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using Markdown = std::unique_ptr<cmark_node, NodeDeleter>;

Markdown parse(std::string_view text) {
  return Markdown(cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT));
}

std::string plain_text(cmark_node* heading) {
  std::string out;
  const std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> walk(cmark_iter_new(heading),
                                                                cmark_iter_free);
  for (cmark_event_type event = cmark_iter_next(walk.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(walk.get())) {
    if (event != CMARK_EVENT_ENTER) continue;
    cmark_node* node = cmark_iter_get_node(walk.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
      out += cmark_node_get_literal(node);
    } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
      out += ' ';
    }
  }
  return out;
}

// "## Title ##" without marks inside needs no parser.
bool take_simple_heading(std::string_view source, std::string& out) {
  if (source.find_first_of("*_`[]<>&\\!~\n") != std::string_view::npos) return false;
  const std::string_view marked = trim(source);
  if (marked.empty() || marked[0] != '#') return false;
  std::string_view text = marked.substr(std::min(marked.find_first_not_of('#'), marked.size()));
  text = trim(text);
  if (text.find('#') != std::string_view::npos) return false;
  out = text;
  return true;
}

std::string heading_text(std::string_view written) {
  // No-break spaces would keep a heading from being found by its name.
  const std::string source = replace_all(written, "\xC2\xA0", " ");
  std::string text;
  if (source.size() > kMaxParsedHeading) {
    text = replace_all(utf8_prefix(trim(source), kMaxHeading), "\n", " ");
  } else if (!take_simple_heading(source, text)) {
    const Markdown root = parse(source);
    cmark_node* first = cmark_node_first_child(root.get());
    while (first != nullptr && cmark_node_get_type(first) != CMARK_NODE_HEADING) {
      first = cmark_node_next(first);
    }
    if (first != nullptr) text = plain_text(first);
  }
  return std::string(trim(utf8_prefix(text, kMaxHeading)));
}

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    starts.push_back(at + 1);
  }
  starts.push_back(text.size());
  return starts;
}

// The line behind the '=' or '-' that make the lines above a heading. libcmark-gfm counts one line
// too many for it, except at the end of the text.
std::size_t behind_underline(std::string_view body, const std::vector<std::size_t>& starts,
                             std::size_t first) {
  for (std::size_t line = first + 1; line + 1 < starts.size(); ++line) {
    const std::string_view signs = trim(body.substr(starts[line], starts[line + 1] - starts[line]));
    if (!signs.empty() && (signs[0] == '=' || signs[0] == '-') &&
        signs.find_first_not_of(signs[0]) == std::string_view::npos) {
      return line + 1;
    }
  }
  return first + 1;
}

// Code points that GitHub drops from anchors besides ASCII punctuation: the blocks of punctuation,
// symbols and pictures.
bool is_dropped(std::uint32_t point) {
  return (point >= 0x80 && point <= 0xBF && point != 0xAA && point != 0xB5 && point != 0xBA) ||
         point == 0xD7 || point == 0xF7 || (point >= 0x2000 && point <= 0x2BFF) ||
         (point >= 0x3000 && point <= 0x303F) || (point >= 0xFE00 && point <= 0xFE0F) ||
         (point >= 0x1F000 && point <= 0x1FAFF);
}

std::uint32_t decode(std::string_view sequence) {
  const auto lead = static_cast<std::uint8_t>(sequence[0]);
  std::uint32_t point = sequence.size() == 2   ? lead & 0x1Fu
                        : sequence.size() == 3 ? lead & 0x0Fu
                                               : lead & 0x07u;
  for (const char c : sequence.substr(1))
    point = (point << 6u) | (static_cast<std::uint8_t>(c) & 63u);
  return point;
}

std::string slug_of(std::string_view heading) {
  std::string out;
  for (std::size_t at = 0; at < heading.size();) {
    const char c = heading[at];
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
      if (letter || c == '-' || c == '_') out += c;
      if (byte >= 'A' && byte <= 'Z') out += static_cast<char>(c + 32);
      if (c == ' ') out += '-';
      ++at;
      continue;
    }
    const std::size_t length = std::min<std::size_t>(byte >= 0xF0   ? 4
                                                     : byte >= 0xE0 ? 3
                                                                    : 2,
                                                     heading.size() - at);
    const std::string_view sequence = heading.substr(at, length);
    if (!is_dropped(decode(sequence))) out += sequence;
    at += length;
  }
  return out;
}

}  // namespace

std::string Anchors::make(std::string_view heading) {
  const std::string base = slug_of(heading);
  const std::string start = base.empty() ? "section" : base;
  std::string anchor = start;
  // The counter makes many equal headings cost linear time, not quadratic.
  std::size_t& count = used_[start];
  while (count > 0) {
    anchor = start + "-" + std::to_string(count);
    if (!used_.contains(anchor)) break;
    ++count;
  }
  ++count;
  if (anchor != start) used_.emplace(anchor, 1);
  return anchor;
}

void close_sections(std::vector<Section>& sections, std::size_t body_size) {
  std::vector<std::size_t> open;  // indices of sections that contain the next one
  for (std::size_t i = 0; i < sections.size(); ++i) {
    while (!open.empty() && sections[open.back()].level >= sections[i].level) {
      sections[open.back()].subtree_end = sections[i].begin;
      open.pop_back();
    }
    sections[i].end = i + 1 < sections.size() ? sections[i + 1].begin : body_size;
    open.push_back(i);
  }
  for (const std::size_t i : open) sections[i].subtree_end = body_size;
}

std::vector<Section> read_sections(std::string_view body) {
  std::vector<Section> sections;
  if (body.empty()) return sections;
  const Markdown root = parse(outline_of(body));
  std::vector<std::size_t> starts;
  Anchors anchors;
  for (cmark_node* node = cmark_node_first_child(root.get()); node != nullptr;
       node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING) continue;
    if (starts.empty()) starts = line_starts(body);
    const auto first = static_cast<std::size_t>(std::max(cmark_node_get_start_line(node), 1)) - 1;
    if (first + 1 >= starts.size()) continue;
    const bool underlined = cmark_node_get_end_line(node) > cmark_node_get_start_line(node);
    const std::size_t next = underlined ? behind_underline(body, starts, first) : first + 1;
    Section section;
    section.level = cmark_node_get_heading_level(node);
    section.begin = starts[first];
    section.text = starts[next];
    section.heading = heading_text(body.substr(section.begin, section.text - section.begin));
    section.anchor = anchors.make(section.heading);
    sections.push_back(std::move(section));
  }
  close_sections(sections, body.size());
  return sections;
}

}  // namespace govhost::content
