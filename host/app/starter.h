// The sources that are part of the host.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "plugin/adapters.h"

namespace govhost::app {

struct EmbeddedFile {
  std::string_view key;   // "docs/_risks/ri-1_prompt-injection.md"
  std::string_view text;  // static storage
};

std::vector<EmbeddedFile> starter_files();
std::unique_ptr<plugin::Source> starter_source();
// Has nothing by itself: its content comes from bundles.
std::unique_ptr<plugin::Source> imported_source();

}  // namespace govhost::app
