// Which documents need scopes of their readers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "content/visibility.h"
#include "plugin/adapters.h"

namespace govhost::access {

// Immutable, cheap to copy; thread-safe.
class Restrictions {
 public:
  using Values = std::map<std::string, std::vector<std::string>>;  // of the front matter
  // What restricts a document: every condition that is given holds.
  struct Rule {
    std::vector<std::string> scopes;        // all of them are needed; never empty
    std::vector<std::string> sources = {};  // it is of one of them; empty: of any
    std::vector<std::string> kinds = {};    // likewise
    Values when = {};                       // each attribute has one of these values
    Values unless = {};  // not when one of these attributes has one of its values: a document that
                         // says nothing is restricted
  };
  static constexpr std::size_t kMost = 64;

  Restrictions() = default;  // nothing is restricted
  // At most kMost.
  explicit Restrictions(std::vector<Rule> rules);

  content::Restricting restricting() const;
  // Valid as long as this object or a copy of it.
  content::Visibility visible_with(std::span<const std::string> held_scopes) const;
  content::Visibility visible_to(const plugin::Principal& principal) const {
    return visible_with(principal.scopes);
  }

 private:
  std::shared_ptr<const std::vector<Rule>> rules_;  // null: none
};

}  // namespace govhost::access
