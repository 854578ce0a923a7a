#include "content/reader.h"

#include "content/front_matter.h"
#include "content/markdown.h"
#include "content/merkle.h"
#include "content/names.h"
#include "content/reference_file.h"
#include "core/digest.h"
#include "core/text.h"
#include "core/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace govhost::content {
namespace {

constexpr std::size_t kMaxNotes = 20;  // of one document
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string line_feeds_only(std::string text) {
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  if (text.find('\r') == std::string::npos) return text;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r') {
      out += text[at];
    } else if (at + 1 == text.size() || text[at + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

std::string_view without_outer_blank_lines(std::string_view text) {
  for (;;) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !trim(text.substr(0, end)).empty()) break;
    text.remove_prefix(end + 1);
  }
  for (;;) {
    const std::size_t begin = text.rfind('\n');
    if (begin == std::string_view::npos || !trim(text.substr(begin)).empty()) break;
    text = text.substr(0, begin);
  }
  return trim(text).empty() ? std::string_view() : text;
}

std::string position(std::string_view bytes, std::size_t at) {
  const auto line =
      std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return "at byte " + std::to_string(at) + " (line " + std::to_string(line + 1) + ")";
}

// Why the document cannot be served, or an empty string.
std::string reason_to_skip(const RawDocument& raw, const ReadLimits& limits) {
  const std::string_view bytes = raw.bytes;
  if (file_name_of(raw.key).empty() || !is_utf8(raw.key)) {
    return "has no file name in UTF-8; give it one in its source";
  }
  if (bytes.size() > limits.document_bytes) {
    return "has " + std::to_string(bytes.size()) + " bytes, more than the limit of " +
           std::to_string(limits.document_bytes) + "; split it or raise the limit";
  }
  const std::size_t nul = bytes.find('\0');
  const bool wide = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (wide) return "is UTF-16; save it as UTF-8";
  if (const std::size_t at = find_invalid_utf8(bytes); at != std::string_view::npos) {
    const auto byte = static_cast<std::uint8_t>(bytes[at]);
    return "is not UTF-8: byte 0x" + to_hex({&byte, 1}) + " " + position(bytes, at) +
           "; save it as UTF-8";
  }
  if (nul != std::string_view::npos) {
    return "is no text: a NUL byte " + position(bytes, nul) + "; save it as UTF-8 text";
  }
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (trim(bytes.substr(marked ? kByteOrderMark.size() : 0)).empty()) {
    return "is empty; write its text or delete it";
  }
  return {};
}

// Reads one document; a class only because the steps share what they read from and write to.
class Reader {
 public:
  Reader(RawDocument raw, const std::vector<KindRule>& rules, const ReadLimits& limits)
      : raw_(std::move(raw)), limits_(limits), rule_(find_rule(rules, raw_.key, raw_.source)) {}

  DocumentRead run() && {
    if (const std::string reason = reason_to_skip(raw_, limits_); !reason.empty()) {
      out_.notes.push_back({raw_.source, printable_key(), 0, printable_key() + " " + reason, true});
      return std::move(out_);
    }
    take_provenance();
    document_.filename = file_name_of(raw_.key);
    document_.kind = rule_ != nullptr ? rule_->kind : kDocument;
    text_ = line_feeds_only(std::move(raw_.bytes));
    if (has_yaml_extension(raw_.key)) {
      read_yaml_file();
    } else {
      read_text_file();
    }
    read_relations();
    out_.document = std::move(document_);
    return std::move(out_);
  }

 private:
  std::string printable_key() const { return one_line(to_valid_utf8(raw_.key), 1000); }

  void note(std::size_t line, const std::string& message) {
    if (out_.notes.size() >= kMaxNotes) return;
    const std::string where = line > 0 ? ", line " + std::to_string(line) : std::string();
    out_.notes.push_back({raw_.source, raw_.key, line, printable_key() + where + ": " + message});
  }

  void take_provenance() {
    Provenance& from = document_.provenance;
    from.source = raw_.source;
    from.key = raw_.key;
    from.link = raw_.link;
    from.version = raw_.version;
    from.licence = raw_.licence;
    from.fetched_at = raw_.fetched_at;
    from.modified = raw_.modified;
    from.sha256 = to_hex(sha256(raw_.bytes));
    from.size = raw_.bytes.size();
    from.leaf = MerkleTree::leaf(from.key + '\0' + from.sha256);
  }

  void read_text_file() {
    if (has_markdown_extension(raw_.key)) {
      FrontMatter matter = read_front_matter(text_, limits_);
      for (const Fault& fault : matter.faults) note(fault.line, fault.message);
      attributes_ = std::move(matter.root);
      const std::size_t body = matter.body;
      document_.body = std::string(without_outer_blank_lines(std::string_view(text_).substr(body)));
      document_.sections = read_sections(*document_.body);
    } else {
      document_.body = std::string(without_outer_blank_lines(text_));
    }
    take_attributes();
    name();
  }

  // A reference file when its rule says so and it has the shape; otherwise text as it stands, whose
  // '#' lines are comments and no headings.
  void read_yaml_file() {
    const std::string_view yaml = without_outer_blank_lines(text_);
    if (rule_ != nullptr) attributes_ = read_faulty_yaml(yaml);
    if (document_.kind == kFramework) {
      if (std::optional<ReferenceFile> file = read_reference_file(attributes_)) {
        take_reference_file(std::move(*file), yaml);
        return;
      }
      document_.kind = kDocument;
      rule_ = nullptr;
    }
    document_.body = std::string(yaml);
    take_attributes();
    name();
  }

  Yaml read_faulty_yaml(std::string_view yaml) {
    // The line feed that the trimming took ends a block scalar on the last line.
    const std::string text = std::string(yaml) + "\n";
    YamlRead read = read_yaml(text, limits_);
    if (!read.root) {
      YamlRead salvaged = salvage_yaml(text, limits_);
      std::move(salvaged.faults.begin(), salvaged.faults.end(), std::back_inserter(read.faults));
      read.root = std::move(salvaged.root);
    }
    const std::size_t removed = leading_lines(yaml);
    for (const Fault& fault : read.faults) {
      note(fault.line > 0 ? fault.line + removed : 0, fault.message);
    }
    return read.root ? std::move(*read.root) : Yaml();
  }

  std::size_t leading_lines(std::string_view trimmed) const {
    return static_cast<std::size_t>(std::count(text_.data(), trimmed.data(), '\n'));
  }

  void take_reference_file(ReferenceFile file, std::string_view yaml) {
    std::erase_if(attributes_.items, [](const Yaml& item) {
      return item.kind != Yaml::Kind::kScalar;  // the entries have a place of their own
    });
    take_attributes();
    document_.id = id_of(raw_.key, rule_->prefix);
    document_.plain_title = file.title.empty() ? given_title() : file.title;
    if (document_.plain_title.empty()) document_.plain_title = title_from_id(document_.id);
    document_.title = framework_title(document_.id, document_.plain_title);
    document_.uri = uri_of(document_.kind, document_.id);
    document_.description = file.description;
    FrameworkText text = write_framework(file, document_.title, yaml);
    document_.body = std::move(text.body);
    document_.sections = std::move(text.sections);
    document_.entries = std::move(file.entries);
  }

  void take_attributes() {
    if (!attributes_.is_mapping()) attributes_ = Yaml();
    attributes_.kind = Yaml::Kind::kMapping;
    document_.attributes = std::make_shared<const nlohmann::json>(to_json(attributes_));
    document_.type = one_line(attributes_.text_of("type"));
    document_.status = one_line(first_of({"doc-status", "status"}));
    document_.description = one_line(attributes_.text_of("description"), 4000);
    if (const std::string_view named = first_of({"licence", "license"}); !named.empty()) {
      document_.provenance.licence = one_line(named);
    }
  }

  std::string_view first_of(std::array<std::string_view, 2> names) const {
    const std::string_view first = attributes_.text_of(names[0]);
    return first.empty() ? attributes_.text_of(names[1]) : first;
  }

  std::string given_title() const {
    const std::string own = one_line(attributes_.text_of("title"));
    return own.empty() ? one_line(raw_.title) : own;
  }

  void name() {
    const bool ruled = rule_ != nullptr && rule_->kind != kDocument;
    document_.id =
        ruled ? id_of(raw_.key, rule_->prefix) : std::string(without_extension(raw_.key));
    if (ruled) number(rule_->prefix);
    document_.uri = uri_of(document_.kind, document_.id);
    document_.plain_title = given_title();
    const auto first = std::find_if(document_.sections.begin(), document_.sections.end(),
                                    [](const Section& s) { return s.level == 1; });
    if (document_.plain_title.empty() && first != document_.sections.end()) {
      document_.plain_title = first->heading;
    }
    if (document_.plain_title.empty()) document_.plain_title = title_from_id(document_.id);
    if (document_.plain_title.empty()) document_.plain_title = document_.id;
    document_.title = document_.plain_title;
    if (!document_.short_id.empty()) {
      std::string suffix = document_.short_id;
      std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      document_.title += " (" + suffix + ")";
    }
  }

  void number(std::string_view prefix) {
    const std::optional<int> sequence = number_of(attributes_.text_of("sequence"));
    if (!prefix.empty()) document_.number = number_of(document_.id);
    if (document_.number && sequence && *document_.number != *sequence) {
      note(attributes_.find("sequence")->line,
           "the sequence " + std::to_string(*sequence) + " is not the number " +
               std::to_string(*document_.number) + " of the file's name; make them equal");
    }
    if (!document_.number) document_.number = sequence;
    if (!document_.number) return;
    if (!prefix.empty()) document_.short_id = short_id_of(prefix, *document_.number);
    document_.public_id =
        public_id_of(document_.kind, document_.type, sequence ? sequence : document_.number);
  }

  void read_relations() {
    static constexpr std::string_view kSuffix = "_references";
    for (const Yaml& item : attributes_.items) {
      if (item.key == "mitigates" || item.key == "related_risks" ||
          item.key == "related_mitigations") {
        for_each_name(item, [&](std::string name, std::size_t line) {
          document_.links.push_back({item.key, std::move(name), std::nullopt, line});
        });
      } else if (item.key.size() > kSuffix.size() && item.key.ends_with(kSuffix)) {
        const std::string framework = item.key.substr(0, item.key.size() - kSuffix.size());
        for_each_name(item, [&](std::string name, std::size_t line) {
          document_.references.push_back({framework, std::move(name), std::nullopt, line});
        });
      }
    }
  }

  // The items of a list, or the one scalar that stands in its place.
  template <class Take>
  void for_each_name(const Yaml& yaml, const Take& take) {
    const auto take_scalar = [&](const Yaml& item) {
      if (item.kind == Yaml::Kind::kScalar && !trim(item.text).empty()) {
        take(one_line(item.text), item.line);
      } else {
        note(item.line, "an item of '" + yaml.key + "' is not the name of a document or entry");
      }
    };
    if (yaml.kind == Yaml::Kind::kSequence) {
      std::for_each(yaml.items.begin(), yaml.items.end(), take_scalar);
    } else if (yaml.kind != Yaml::Kind::kNull) {
      take_scalar(yaml);
    }
  }

  RawDocument raw_;
  const ReadLimits& limits_;
  const KindRule* rule_;
  std::string text_;
  Yaml attributes_;
  Document document_;
  DocumentRead out_;
};

}  // namespace

DocumentRead read_document(RawDocument raw, const std::vector<KindRule>& rules,
                           const ReadLimits& limits) {
  return Reader(std::move(raw), rules, limits).run();
}

}  // namespace govhost::content
