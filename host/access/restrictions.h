// Which documents need scopes of their readers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
    bool operator==(const Rule&) const = default;
  };
  static constexpr std::size_t kMost = 64;

  Restrictions() = default;  // nothing is restricted
  // At most kMost.
  explicit Restrictions(std::vector<Rule> rules);

  // These rules in place of those in force. What a restriction's number means stays: documents and
  // readers meet that were looked at before and after. Nothing: there would be more than kMost,
  // with those that end.
  std::optional<Restrictions> replaced_by(const std::vector<Rule>& rules) const;
  bool operator==(const Restrictions& other) const;

  content::Restricting restricting() const;
  // Valid as long as this object or a copy of it.
  content::Visibility visible_with(std::span<const std::string> held_scopes) const;
  content::Visibility visible_to(const plugin::Principal& principal) const {
    return visible_with(principal.scopes);
  }

 private:
  // By their numbers; one without scopes has ended. Null: none.
  std::shared_ptr<const std::vector<Rule>> rules_;
};

}  // namespace govhost::access
