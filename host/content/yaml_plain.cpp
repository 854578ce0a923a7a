// The plain block style: nested "key: value" lines and "- item" lists, scalars on one line or as
// block text. Whatever is outside of it, this reader refuses instead of guessing; the same code run
// leniently reads what it can of a broken file.
#include "content/yaml.h"

#include "core/text.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace govhost::content {
namespace {

constexpr std::size_t kMaxFaults = 10;
constexpr std::size_t kMaxKey = 256;

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// Length of the key in front of its colon; npos when the text does not start with "key:".
std::size_t key_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_key_character(text[at])) ++at;
  const bool found = at > 0 && at <= kMaxKey && text[0] != '-' && text[0] != '.' &&
                     text[0] != '/' && at < text.size() && text[at] == ':' &&
                     (at + 1 == text.size() || text[at + 1] == ' ');
  return found && !is_null(text.substr(0, at)) ? at : std::string_view::npos;
}

bool is_item(std::string_view text) {
  return !text.empty() && text[0] == '-' && (text.size() == 1 || text[1] == ' ');
}

// Whether what follows a closing quote is nothing, or a comment.
bool is_rest_empty(std::string_view rest) {
  const std::string_view trimmed = trim(rest);
  return trimmed.empty() || (trimmed[0] == '#' && rest[0] == ' ');
}

class PlainReader {
 public:
  PlainReader(std::string_view text, const ReadLimits& limits, bool lenient)
      : lines_(split(text, '\n')), limits_(limits), lenient_(lenient) {
    // split() gives one empty line behind a final line feed.
    ends_with_newline_ = lines_.back().empty();
    advance();
  }

  YamlRead read() {
    YamlRead out;
    Yaml root;
    if (current_) root = block(current_->indent, 1);
    while (!failed_ && current_) refuse_line("it does not belong to the lines above it");
    if (!failed_) out.root = std::move(root);
    out.faults = std::move(faults_);
    return out;
  }

 private:
  struct Line {
    std::size_t number;  // 1-based
    std::size_t indent;
    std::string_view text;  // without blanks at either end
  };

  // To the next line that is neither blank nor a comment.
  void advance() {
    current_.reset();
    while (!failed_ && next_ < lines_.size()) {
      const std::string_view raw = lines_[next_++];
      const std::size_t indent = raw.find_first_not_of(lenient_ ? " \t" : " ");
      if (indent == std::string_view::npos || raw[indent] == '#') continue;
      const std::string_view text = trim(raw.substr(indent));
      if (indent == 0 && (text == "---" || text == "..." || text.starts_with("--- "))) {
        unsure(next_);  // the mark of another document
        continue;
      }
      current_ = Line{next_, indent, text};
      return;
    }
  }

  // Strict: gives up. Lenient: notes the fault; the caller uses what it has.
  void fail(std::size_t line, std::string message) {
    if (!lenient_) {
      failed_ = true;
      current_.reset();
    } else if (faults_.size() < kMaxFaults) {
      faults_.push_back({line, std::move(message)});
    }
  }

  // What only the strict reader minds.
  void unsure(std::size_t line) {
    if (!lenient_) fail(line, {});
  }

  void refuse_line(std::string message) {
    fail(current_->number, "this line is not read, because " + std::move(message));
    if (!failed_) advance();
  }

  Yaml block(std::size_t indent, std::size_t depth) {
    if (depth > limits_.yaml_depth) {
      const std::size_t line = current_->number;
      fail(line, "it is nested deeper than " + std::to_string(limits_.yaml_depth) + " levels");
      while (current_ && current_->indent >= indent) advance();
      return {};
    }
    return is_item(current_->text) ? sequence(indent, depth) : mapping(indent, depth);
  }

  bool count(Yaml& node, Yaml::Kind kind, std::size_t line) {
    node.kind = kind;
    node.line = line;
    if (++nodes_ <= limits_.yaml_nodes) return true;
    if (nodes_ == limits_.yaml_nodes + 1) {
      fail(line, "it has more than " + std::to_string(limits_.yaml_nodes) + " values");
    }
    current_.reset();
    next_ = lines_.size();
    return false;
  }

  Yaml mapping(std::size_t indent, std::size_t depth) {
    Yaml out;
    if (!count(out, Yaml::Kind::kMapping, current_->number)) return out;
    while (current_ && current_->indent >= indent) {
      if (current_->indent > indent && !(lenient_ && is_item(current_->text))) {
        refuse_line("it is indented deeper than the line it belongs to");
        continue;
      }
      const std::size_t length = key_length(current_->text);
      if (length == std::string_view::npos) {
        take_stray_line(out, indent, depth);
        continue;
      }
      const Line line = *current_;
      advance();
      Yaml item = value(trim(line.text.substr(length + 1)), line, true, depth);
      item.key = line.text.substr(0, length);
      out.items.push_back(std::move(item));
    }
    check_keys(out);
    return out;
  }

  // A line of a mapping that is no "key: value". Items of a list whose indentation is off still
  // belong to the key above.
  void take_stray_line(Yaml& mapping, std::size_t indent, std::size_t depth) {
    if (!lenient_ || !is_item(current_->text) || mapping.items.empty()) {
      refuse_line("it is not 'key: value'");
      return;
    }
    Yaml& above = mapping.items.back();
    Yaml list = sequence(indent, depth + 1);
    if (above.kind == Yaml::Kind::kNull) {
      list.key = std::move(above.key);
      above = std::move(list);
    } else if (above.kind == Yaml::Kind::kSequence) {
      std::move(list.items.begin(), list.items.end(), std::back_inserter(above.items));
    }
  }

  Yaml sequence(std::size_t indent, std::size_t depth) {
    Yaml out;
    if (!count(out, Yaml::Kind::kSequence, current_->number)) return out;
    while (current_ && current_->indent >= indent) {
      if (current_->indent > indent && !(lenient_ && is_item(current_->text))) {
        refuse_line("it is indented deeper than the line it belongs to");
        continue;
      }
      if (!is_item(current_->text)) break;
      const std::string_view rest = trim(current_->text.substr(1));
      if (is_item(rest)) {
        refuse_line("it opens a list within a list");
      } else if (key_length(rest) != std::string_view::npos) {
        // "- key: value" opens a mapping whose keys align with this one.
        current_->indent += static_cast<std::size_t>(rest.data() - current_->text.data());
        current_->text = rest;
        out.items.push_back(block(current_->indent, depth + 1));
      } else {
        const Line line = *current_;
        advance();
        out.items.push_back(value(rest, line, false, depth));
      }
    }
    return out;
  }

  // What stands behind "key:" or "-", whose line has been taken already.
  Yaml value(std::string_view text, const Line& owner, bool in_mapping, std::size_t depth) {
    if (text.empty() || text[0] == '#') return nested(owner, in_mapping, depth);
    Yaml out;
    if (!count(out, Yaml::Kind::kScalar, owner.number)) return out;
    if (text[0] == '|' || text[0] == '>') {
      block_text(out, text, owner);
    } else if (text[0] == '"' || text[0] == '\'') {
      quoted_text(out, text, owner);
    } else {
      plain_text(out, text, owner);
    }
    return out;
  }

  Yaml nested(const Line& owner, bool in_mapping, std::size_t depth) {
    // YAML lets a list stand as far left as the key it belongs to.
    const bool hangs =
        in_mapping && current_ && current_->indent == owner.indent && is_item(current_->text);
    if (current_ && (current_->indent > owner.indent || hangs)) {
      return block(current_->indent, depth + 1);
    }
    Yaml out;
    count(out, Yaml::Kind::kNull, owner.number);
    return out;
  }

  // A line that continues the scalar of the line before it. Blank lines and comments between the
  // two have a meaning of their own, which is left to the library.
  bool continues(const Line& owner, std::size_t line) const {
    return current_ && current_->indent > owner.indent && current_->number == line + 1;
  }

  void plain_text(Yaml& out, std::string_view text, const Line& owner) {
    out.text = plain_part(text, owner.number);
    std::size_t line = owner.number;
    const bool open = out.text.size() == text.size();  // a comment would end the scalar
    while (open && !lenient_ && continues(owner, line)) {
      const std::string part(plain_part(current_->text, ++line));
      if (failed_ || part.size() != current_->text.size()) return unsure(line);
      out.text.append(" ").append(part);
      advance();
    }
    if (is_null(out.text)) {
      out.kind = Yaml::Kind::kNull;
      out.text.clear();
    }
  }

  std::string_view plain_part(std::string_view text, std::size_t line) {
    static constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
    if (kIndicators.find(text[0]) != std::string_view::npos) {
      fail(line, "its value starts with a sign of YAML; put quotes around it");
    }
    const std::string_view content = trim(text.substr(0, text.find(" #")));
    if (content.find(": ") != std::string_view::npos || content.back() == ':') {
      fail(line, "its value contains a colon and a blank; put quotes around it");
    }
    return content;
  }

  void quoted_text(Yaml& out, std::string_view text, const Line& owner) {
    const char quote = text[0];
    out.quoted = true;
    text.remove_prefix(1);
    std::size_t line = owner.number;
    std::size_t end = append_quoted(out.text, text, quote, line);
    while (end == std::string_view::npos && !lenient_ && continues(owner, line)) {
      text = current_->text;
      out.text += ' ';
      ++line;
      advance();
      end = append_quoted(out.text, text, quote, line);
    }
    if (end == std::string_view::npos) {
      fail(owner.number, "its quote is not closed on this line");
    } else if (!is_rest_empty(text.substr(end + 1))) {
      fail(owner.number, "text follows its closing quote");
    }
  }

  // Returns where the closing quote is; npos when the line has none.
  std::size_t append_quoted(std::string& out, std::string_view text, char quote, std::size_t line) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (quote == '"' && text[at] == '\\') unsure(line);
      if (text[at] == quote) {
        if (quote == '"' || at + 1 == text.size() || text[at + 1] != quote) return at;
        ++at;  // two of them stand for one
      }
      out += text[at];
    }
    return std::string_view::npos;
  }

  // Block text, folded ('>') or literal ('|'), with or without '-'; only where every line has the
  // same indentation, because deeper lines and blank ends follow rules that are better left alone.
  void block_text(Yaml& out, std::string_view header, const Line& owner) {
    out.quoted = true;
    if (header != ">" && header != "|" && header != ">-" && header != "|-") {
      fail(owner.number, "its kind of block text is not known");
    }
    const bool folded = header[0] == '>';
    std::size_t row = owner.number;  // lines_[number] is the line behind the owner's
    std::size_t indent = 0, blank = 0;
    for (; row < lines_.size(); ++row) {
      const std::string_view raw = lines_[row];
      const std::size_t at = raw.find_first_not_of(' ');
      if (at == std::string_view::npos) {
        if (indent == 0 || raw.size() > indent) unsure(row + 1);
        ++blank;
        continue;
      }
      if (indent == 0 && at > owner.indent) indent = at;
      if (indent == 0 || at < indent) break;
      if (folded && at > indent) unsure(row + 1);
      if (!out.text.empty()) append_break(out.text, folded, blank);
      out.text.append(raw.substr(indent));
      blank = 0;
    }
    if (out.text.empty()) fail(owner.number, "its block text is empty");
    if (row == lines_.size() && !ends_with_newline_) unsure(row);
    if (header.size() == 1) out.text += '\n';
    next_ = row;
    advance();
    if (current_ && current_->indent > owner.indent) unsure(current_->number);
  }

  static void append_break(std::string& text, bool folded, std::size_t blank) {
    if (folded && blank == 0) {
      text += ' ';
    } else {
      text.append(folded ? blank : blank + 1, '\n');
    }
  }

  void check_keys(const Yaml& mapping) {
    if (lenient_) return;  // find() takes the first of equal keys
    std::vector<std::string_view> keys;
    keys.reserve(mapping.items.size());
    for (const Yaml& item : mapping.items) keys.push_back(item.key);
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) unsure(mapping.line);
  }

  std::vector<std::string_view> lines_;
  const ReadLimits& limits_;
  const bool lenient_;
  bool ends_with_newline_ = false;
  bool failed_ = false;
  std::size_t next_ = 0;  // index of the first line not looked at
  std::size_t nodes_ = 0;
  std::optional<Line> current_;
  std::vector<Fault> faults_;
};

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
  });
}

}  // namespace

std::optional<Yaml> read_plain_yaml(std::string_view text, const ReadLimits& limits) {
  if (has_control_characters(text)) return std::nullopt;
  return PlainReader(text, limits, false).read().root;
}

YamlRead salvage_yaml(std::string_view text, const ReadLimits& limits) {
  return PlainReader(text, limits, true).read();
}

}  // namespace govhost::content
