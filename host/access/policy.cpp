#include "access/policy.h"

#include <algorithm>

namespace govhost::access {
namespace {

const std::vector<std::string>& patterns_of(const Policy::Rule& rule, Policy::Thing thing) {
  switch (thing) {
    case Policy::Thing::kTool: return rule.tools;
    case Policy::Thing::kPrompt: return rule.prompts;
    default: return rule.resources;
  }
}

}  // namespace

bool Policy::decides_as(const Policy& other) const {
  return std::equal(rules_.begin(), rules_.end(), other.rules_.begin(), other.rules_.end(),
                    [](const Rule& a, const Rule& b) {
                      return a.scopes == b.scopes && a.tools == b.tools && a.prompts == b.prompts &&
                             a.resources == b.resources;
                    });
}

bool holds(std::span<const std::string> held, std::span<const std::string> needed) {
  return std::all_of(needed.begin(), needed.end(), [&](const std::string& scope) {
    return std::find(held.begin(), held.end(), scope) != held.end();
  });
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Policy::Verdict Policy::decide(std::span<const std::string> held, Thing thing,
                               std::string_view name) const {
  Verdict verdict;
  if (!restricts()) return verdict;
  verdict.allowed = false;
  for (const Rule& rule : rules_) {
    const auto& patterns = patterns_of(rule, thing);
    const bool named = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& each) {
      return matches_pattern(each, name);
    });
    if (!named) continue;
    if (holds(held, rule.scopes)) return {true, &rule};
    if (verdict.rule == nullptr) verdict.rule = &rule;
  }
  return verdict;
}

}  // namespace govhost::access
