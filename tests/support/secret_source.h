// Content in which the documents of the source "secret" are restricted.
#pragma once

#include "content/visibility.h"

namespace govhost::test {

inline content::Restricting restricting_secret() {
  const auto bits = [](std::string_view source) {
    return std::uint64_t{source == "secret" ? 1U : 0U};
  };
  return {[=](const content::Document& document) { return bits(document.provenance.source); }, bits,
          1};
}
// Of a reader who may not see them.
inline content::Visibility outsider() { return content::Visibility(1, {"secret"}); }

}  // namespace govhost::test
