// Files that travel inside the binary (embed.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace govhost::app {

struct EmbeddedFile {
  std::string_view key;   // "docs/_risks/ri-1_prompt-injection.md"
  std::string_view text;  // static storage
};

std::vector<EmbeddedFile> starter_files();   // of config/catalogue
std::vector<EmbeddedFile> template_files();  // of plugin-sdk/templates

}  // namespace govhost::app
