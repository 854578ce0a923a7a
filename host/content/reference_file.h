// Reference files: the entries of a law, a standard or a control catalogue, as YAML.
#pragma once

#include "content/document.h"
#include "content/yaml.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::content {

struct ReferenceFile {
  std::string title, description, source_url;
  std::vector<FrameworkEntry> entries;  // in the order of the file
};

// nullopt when the YAML does not have the shape of a reference file: either title, description,
// source_url and a mapping `entries`, or (before June 2026) a flat mapping of the entries alone.
// An entry is a mapping with a title or a URL.
std::optional<ReferenceFile> read_reference_file(const Yaml& root);

struct FrameworkText {
  std::string body;
  std::vector<Section> sections;
};

// The Markdown that clients read: an overview, each entry under a heading, and the file itself.
FrameworkText write_framework(const ReferenceFile& file, std::string_view title,
                              std::string_view yaml);

}  // namespace govhost::content
