// How much of one document the host is willing to read.
#pragma once

#include <cstddef>

namespace govhost::content {

struct ReadLimits {
  std::size_t document_bytes = std::size_t{8} << 20;  // a larger file is left out
  std::size_t yaml_depth = 32;
  std::size_t yaml_nodes = 200'000;
  // What aliases may add to a file: a few lines of them can name terabytes.
  std::size_t yaml_alias_bytes = std::size_t{1} << 20;
  // yaml-cpp needs 0.2 s for this much; only what the plain reader refuses gets there.
  std::size_t yaml_library_bytes = std::size_t{1} << 20;
};

}  // namespace govhost::content
