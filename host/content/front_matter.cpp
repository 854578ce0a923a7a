#include "content/front_matter.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace govhost::content {
namespace {

// Where the YAML is and where the body begins.
struct Block {
  std::string_view yaml;
  std::size_t body = 0;
  bool closed = true;
};

bool is_mark(std::string_view line, std::string_view mark) {
  return line.starts_with(mark) && trim(line.substr(mark.size())).empty();
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// "key:" or "key: value", also with a quoted key.
bool looks_like_key(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && (is_word_character(line[at]) || line[at] == '.' || line[at] == '"')) {
    ++at;
  }
  return at > 0 && line[0] != '-' && at < line.size() && line[at] == ':' &&
         (at + 1 == line.size() || line[at + 1] == ' ');
}

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

// A file may also begin with a thematic break, which is the same three dashes: front matter's first
// line that says something is a key.
bool starts_with_key(std::string_view yaml) {
  for (std::size_t at = 0; at < yaml.size();) {
    const std::string_view line = line_at(yaml, at);
    const std::string_view content = trim(line);
    if (!content.empty() && content[0] != '#') return looks_like_key(content) || content[0] == '{';
    at += line.size() + 1;
  }
  return true;
}

// Without a closing line the block ends where lines stop to look like YAML.
std::size_t end_of_unclosed(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::string_view line = line_at(text, at);
    const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (!trim(line).empty() && !indented && !looks_like_key(line) && !line.starts_with("- ")) break;
    at += line.size() + 1;
  }
  return std::min(at, text.size());
}

std::optional<Block> find_block(std::string_view text) {
  const std::string_view first = line_at(text, 0);
  if (!is_mark(first, "---") || first.size() >= text.size()) return std::nullopt;
  const std::size_t begin = first.size() + 1;
  for (std::size_t at = begin; at < text.size();) {
    const std::string_view line = line_at(text, at);
    if (is_mark(line, "---") || is_mark(line, "...")) {
      const Block block{text.substr(begin, at - begin),
                        std::min(at + line.size() + 1, text.size())};
      return starts_with_key(block.yaml) ? std::optional(block) : std::nullopt;
    }
    at += line.size() + 1;
  }
  const std::size_t end = end_of_unclosed(text, begin);
  const Block block{text.substr(begin, end - begin), end, false};
  if (trim(block.yaml).empty() || !starts_with_key(block.yaml)) return std::nullopt;
  return block;
}

// Offset of an inline comment's '#': behind content and a blank, outside of quotes.
std::size_t find_inline_comment(std::string_view line) {
  char quote = '\0';
  bool content = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '#' && at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t')) {
      return content ? at : std::string_view::npos;
    } else if ((c == '"' || c == '\'') && at > 0 && line[at - 1] == ' ') {
      quote = c;
    }
    content = content || (c != ' ' && c != '\t');
  }
  return std::string_view::npos;
}

bool is_known_key(std::string_view word) {
  // Glued to the text before it when the line feed is missing, so the end of the word decides.
  static constexpr std::array<std::string_view, 4> kEndings = {
      "_references", "mitigates", "related_risks", "related_mitigations"};
  static constexpr std::array<std::string_view, 5> kWords = {"sequence", "title", "layout",
                                                             "doc-status", "type"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [word](std::string_view ending) { return word.ends_with(ending); }) ||
         std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// The key that a comment hides because the line feed in front of it was lost; empty: none.
std::string_view hidden_key(std::string_view comment) {
  for (std::size_t colon = comment.find(':'); colon != std::string_view::npos;
       colon = comment.find(':', colon + 1)) {
    if (colon + 1 < comment.size() && comment[colon + 1] != ' ') continue;
    std::size_t begin = colon;
    while (begin > 0 && is_word_character(comment[begin - 1])) --begin;
    const std::string_view word = comment.substr(begin, colon - begin);
    if (is_known_key(word)) return word;
  }
  return {};
}

void find_hidden_keys(std::string_view yaml, std::vector<Fault>& faults) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < yaml.size();) {
    ++number;
    const std::string_view line = line_at(yaml, at);
    at += line.size() + 1;
    const std::size_t comment = find_inline_comment(line);
    if (comment == std::string_view::npos) continue;
    const std::string_view key = hidden_key(line.substr(comment));
    if (key.empty()) continue;
    faults.push_back({number, "the comment contains the key '" + std::string(key) +
                                  ":', which is therefore not read, and the lines below it count "
                                  "for the key above; start it on a line of its own"});
    if (faults.size() >= 10) return;
  }
}

}  // namespace

FrontMatter read_front_matter(std::string_view text, const ReadLimits& limits) {
  FrontMatter out;
  out.root.kind = Yaml::Kind::kMapping;
  const std::optional<Block> block = find_block(text);
  if (!block) return out;
  out.body = block->body;

  YamlRead read = read_yaml(block->yaml, limits);
  out.faults = std::move(read.faults);
  if (!read.root || (!read.root->is_mapping() && read.root->kind != Yaml::Kind::kNull)) {
    if (read.root) out.faults.push_back({1, "the front matter is not made of 'key: value' lines"});
    YamlRead salvaged = salvage_yaml(block->yaml, limits);
    std::move(salvaged.faults.begin(), salvaged.faults.end(), std::back_inserter(out.faults));
    read.root = std::move(salvaged.root);
  }
  if (read.root && read.root->is_mapping()) out.root = std::move(*read.root);
  find_hidden_keys(block->yaml, out.faults);
  // The block starts on the file's second line.
  for (Fault& fault : out.faults) fault.line += fault.line > 0 ? 1 : 0;
  for (Yaml& item : out.root.items) {
    ++item.line;
    for (Yaml& entry : item.items) ++entry.line;
  }
  if (!block->closed) {
    out.faults.push_back({1, "the front matter is never closed; put a line '---' behind it"});
  }
  return out;
}

}  // namespace govhost::content
