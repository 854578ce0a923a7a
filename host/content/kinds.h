// Decides what a file is from its path: rules, first match wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::content {

// Files whose path matches are of this kind.
struct KindRule {
  std::string kind;   // "risk"
  std::string match;  // glob over the key: '*' stops at '/', "**/" spans folders, '?' one character
  std::string prefix;       // cut off the file name to make the id: "ri-"
  std::string source = {};  // only of this source; empty: of any
};

// The layout of the FINOS AI Governance Framework, whose root may be the repository or its docs/:
// _risks/ri-*.md, _mitigations/mi-*.md, _usecases/uc-*.md, _data/references/*.yml and the layout
// before June 2026, _data/*.yml (frameworks only where the file has that shape).
std::vector<KindRule> aigf_profile();

const KindRule* find_rule(const std::vector<KindRule>& rules, std::string_view key,
                          std::string_view source = {});

// Exposed for its test. ASCII case is ignored. Only the last '*' and the last "**/" are retried, so
// no pattern takes exponential time.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace govhost::content
