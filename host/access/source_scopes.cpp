#include "access/source_scopes.h"

#include <algorithm>
#include <string_view>

namespace govhost::access {

content::Visibility SourceScopes::visible_to(const plugin::Principal& principal) const {
  std::vector<std::string_view> hidden;
  const auto& held = principal.scopes;
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
