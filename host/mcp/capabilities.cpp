#include "mcp/capabilities.h"

namespace govhost::mcp {
namespace {

bool declares(const Json& capabilities, std::string_view name) {
  const Json* const found = member(capabilities, name);
  return found && found->is_object();
}

}  // namespace

Capabilities Capabilities::of(const Json& declared) {
  unsigned bits = 0;
  if (const Json* const sampling = member(declared, "sampling");
      sampling && sampling->is_object()) {
    bits |= kSampling;
    if (declares(*sampling, "tools")) bits |= kSamplingTools;
  }
  if (const Json* const elicitation = member(declared, "elicitation");
      elicitation && elicitation->is_object()) {
    const bool url = declares(*elicitation, "url");
    // An empty object means forms (2025-11-25, client/elicitation).
    if (!url || declares(*elicitation, "form")) bits |= kElicitationForm;
    if (url) bits |= kElicitationUrl;
  }
  if (declares(declared, "roots")) bits |= kRoots;
  if (const Json* const extensions = member(declared, "extensions");
      extensions && declares(*extensions, kTasksExtension))
    bits |= kTasks;
  return Capabilities(static_cast<std::uint8_t>(bits));
}

Json Capabilities::missing(const Json& required) const {
  Json out = Json::object();
  if (declares(required, "sampling")) {
    const bool tools = declares(required["sampling"], "tools");
    if (!has(kSampling) || (tools && !has(kSamplingTools))) out["sampling"] = required["sampling"];
  }
  if (declares(required, "elicitation")) {
    const bool url = declares(required["elicitation"], "url");
    if (!has(url ? kElicitationUrl : kElicitationForm))
      out["elicitation"] = required["elicitation"];
  }
  if (declares(required, "roots") && !has(kRoots)) out["roots"] = Json::object();
  const Json* const extensions = member(required, "extensions");
  if (extensions && declares(*extensions, kTasksExtension) && !has(kTasks))
    out["extensions"][std::string(kTasksExtension)] = Json::object();
  return out.empty() ? Json(nullptr) : out;
}

Json Capabilities::needed_for(const Json& request) {
  const std::string* const method = text_member(request, "method");
  if (!method) return nullptr;
  const Json* const params = member(request, "params");
  if (*method == "sampling/createMessage") {
    if (params && member(*params, "tools")) return {{"sampling", {{"tools", Json::object()}}}};
    return {{"sampling", Json::object()}};
  }
  if (*method == "roots/list") return {{"roots", Json::object()}};
  const std::string* const mode = params ? text_member(*params, "mode") : nullptr;
  return {{"elicitation", {{mode && *mode == "url" ? "url" : "form", Json::object()}}}};
}

}  // namespace govhost::mcp
