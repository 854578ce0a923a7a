// Files that are part of the binary; see govhost_embed() in host/CMakeLists.txt.
#pragma once

#include <string_view>

namespace govhost {

struct EmbeddedFile {
  std::string_view key;   // its path: "docs/_risks/ri-1_prompt-injection.md"
  std::string_view text;  // static storage
};

}  // namespace govhost
