#include "content/reference_file.h"

#include "content/markdown.h"
#include "content/names.h"
#include "core/text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace govhost::content {
namespace {

bool is_entry(const Yaml& yaml) {
  return !yaml.text_of("title").empty() || !yaml.text_of("url").empty();
}

FrameworkEntry read_entry(const Yaml& yaml) {
  FrameworkEntry entry;
  entry.key = yaml.key;
  entry.title = one_line(yaml.text_of("title"));
  if (entry.title.empty()) entry.title = yaml.key;
  entry.url = one_line(yaml.text_of("url"), 4000);
  entry.description = trim(yaml.text_of("description"));
  entry.issuer = one_line(yaml.text_of("issuer"));
  return entry;
}

std::vector<FrameworkEntry> read_entries(const Yaml& mapping) {
  std::vector<FrameworkEntry> entries;
  entries.reserve(mapping.items.size());
  for (const Yaml& item : mapping.items) {
    if (is_entry(item)) entries.push_back(read_entry(item));
  }
  return entries;
}

// Longer than any run of backticks inside, so that the file cannot close its own block.
std::string fence_for(std::string_view text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(longest + 1, '`');
}

// Writes headings and text, and the sections along with them.
class Writer {
 public:
  explicit Writer(std::size_t size) { out_.body.reserve(size); }

  void heading(int level, std::string text) {
    Section section;
    section.level = level;
    section.begin = out_.body.size();
    out_.body.append(static_cast<std::size_t>(level), '#').append(" ").append(text).append("\n\n");
    section.text = out_.body.size() - 1;
    section.anchor = anchors_.make(text);
    section.heading = std::move(text);
    out_.sections.push_back(std::move(section));
  }

  void paragraph(std::string_view label, std::string_view text) {
    if (!text.empty()) out_.body.append(label).append(text).append("\n\n");
  }

  FrameworkText finish() && {
    while (out_.body.ends_with('\n')) out_.body.pop_back();
    close_sections(out_.sections, out_.body.size());
    return std::move(out_);
  }

 private:
  FrameworkText out_;
  Anchors anchors_;
};

}  // namespace

std::optional<ReferenceFile> read_reference_file(const Yaml& root) {
  if (!root.is_mapping()) return std::nullopt;
  ReferenceFile file;
  if (const Yaml* entries = root.find("entries"); entries != nullptr && entries->is_mapping()) {
    file.title = one_line(root.text_of("title"));
    file.description = one_line(root.text_of("description"), 4000);
    file.source_url = one_line(root.text_of("source_url"), 4000);
    file.entries = read_entries(*entries);
  } else if (std::all_of(root.items.begin(), root.items.end(), is_entry)) {
    file.entries = read_entries(root);
  }
  if (file.entries.empty()) return std::nullopt;
  return file;
}

FrameworkText write_framework(const ReferenceFile& file, std::string_view title,
                              std::string_view yaml) {
  Writer writer(2 * yaml.size() + 1000);
  writer.heading(1, std::string(title));
  writer.paragraph({}, file.description);
  writer.paragraph("Source: ", file.source_url);
  writer.heading(2, "Framework Structure");
  writer.paragraph({}, "This framework contains " + std::to_string(file.entries.size()) +
                           (file.entries.size() == 1 ? " entry:" : " entries:"));
  for (const FrameworkEntry& entry : file.entries) {
    writer.heading(3, entry.key + ": " + entry.title);
    writer.paragraph("Reference: ", entry.url);
    writer.paragraph({}, one_line(entry.description, 4000));
  }
  writer.heading(2, "Raw YAML Content");
  const std::string fence = fence_for(yaml);
  writer.paragraph(fence + "yaml\n", std::string(yaml) + "\n" + fence);
  return std::move(writer).finish();
}

}  // namespace govhost::content
