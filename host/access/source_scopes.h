// Which sources of documents a caller may see.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "content/visibility.h"
#include "plugin/adapters.h"

namespace govhost::access {

// Immutable; thread-safe.
class SourceScopes {
 public:
  struct Restricted {
    std::string source;
    std::vector<std::string> scopes;  // all of them are needed; never empty
  };

  SourceScopes() = default;  // no source is restricted
  explicit SourceScopes(std::vector<Restricted> restricted) : restricted_(std::move(restricted)) {}

  // Valid as long as this object.
  content::Visibility visible_to(const plugin::Principal& principal) const;

 private:
  std::vector<Restricted> restricted_;
};

}  // namespace govhost::access
