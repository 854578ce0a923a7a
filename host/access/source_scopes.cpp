#include "access/source_scopes.h"

#include <algorithm>
#include <string_view>

namespace govhost::access {

std::vector<std::string> SourceScopes::restricted_sources() const {
  std::vector<std::string> out;
  for (const Restricted& each : restricted_) out.push_back(each.source);
  return out;
}

content::Visibility SourceScopes::visible_with(std::span<const std::string> held) const {
  std::vector<std::string_view> hidden;
  for (const Restricted& each : restricted_) {
    const bool all =
        std::all_of(each.scopes.begin(), each.scopes.end(), [&](const std::string& scope) {
          return std::find(held.begin(), held.end(), scope) != held.end();
        });
    if (!all) hidden.push_back(each.source);
  }
  return content::Visibility(std::move(hidden));
}

}  // namespace govhost::access
