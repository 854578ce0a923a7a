#include "mcp/permission.h"

#include <string_view>

namespace govhost::mcp {
namespace {

using Thing = access::Policy::Thing;

struct Wanted {
  Thing thing;
  std::string_view name;
};

std::string_view view_of(const Json& object, std::string_view key) {
  const std::string* const text = text_member(object, key);
  return text ? std::string_view(*text) : std::string_view();
}

void add_completed(const Json& params, std::vector<Wanted>& out) {
  const Json* const ref = member(params, "ref");
  if (!ref) return;
  const std::string_view type = view_of(*ref, "type");
  if (type == "ref/prompt") out.push_back({Thing::kPrompt, view_of(*ref, "name")});
  if (type == "ref/resource") out.push_back({Thing::kResource, view_of(*ref, "uri")});
}

void add_subscriptions(const Json& params, std::vector<Wanted>& out) {
  const Json* const wanted = member(params, "notifications");
  const Json* const uris = wanted ? member(*wanted, "resourceSubscriptions") : nullptr;
  if (!uris || !uris->is_array()) return;
  for (const Json& uri : *uris)
    if (uri.is_string())
      out.push_back({Thing::kResource, std::string_view(uri.get_ref<const std::string&>())});
}

// Views of the message.
std::vector<Wanted> wanted_by(const Work& work) {
  const std::string& method = work.message.method;
  const Json& params = work.message.params();
  std::vector<Wanted> out;
  if (method == "tools/call") out.push_back({Thing::kTool, view_of(params, "name")});
  if (method == "prompts/get") out.push_back({Thing::kPrompt, view_of(params, "name")});
  if (method == "resources/read" || method == "resources/subscribe")
    out.push_back({Thing::kResource, view_of(params, "uri")});
  if (method == "completion/complete") add_completed(params, out);
  if (method == "subscriptions/listen") add_subscriptions(params, out);
  return out;
}

}  // namespace

std::optional<std::vector<std::string>> lacking(const access::Policy& policy, const Work& work,
                                                const plugin::Principal& principal) {
  if (!policy.restricts()) return std::nullopt;
  for (const Wanted& each : wanted_by(work)) {
    const auto verdict = policy.decide(principal.scopes, each.thing, each.name);
    if (verdict.allowed) continue;
    return verdict.rule != nullptr ? verdict.rule->scopes : std::vector<std::string>();
  }
  return std::nullopt;
}

}  // namespace govhost::mcp
