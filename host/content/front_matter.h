// The block of YAML between two "---" lines at the head of a Markdown file.
#pragma once

#include "content/yaml.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace govhost::content {

struct FrontMatter {
  Yaml root;                  // a mapping; empty when there is no front matter
  std::size_t body = 0;       // offset of the text behind it
  std::vector<Fault> faults;  // lines are those of the file
};

// `text` has LF line ends and no byte order mark. Never fails: a block that is not valid YAML is
// read line by line, and the faults say what was lost.
FrontMatter read_front_matter(std::string_view text, const ReadLimits& limits);

}  // namespace govhost::content
