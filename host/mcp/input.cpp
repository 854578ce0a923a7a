#include "mcp/input.h"

#include <chrono>

#include "core/base64.h"
#include "core/digest.h"
#include "core/time.h"
#include "mcp/session.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kStatePurpose = "state";

// Equal for all rounds of one request.
std::string digest_of(const Message& request) {
  Json params = request.params();
  for (const char* of_the_round : {"_meta", "inputResponses", "requestState"})
    params.erase(of_the_round);
  const Digest digest = sha256(request.method + '\n' + params.dump());
  return to_base64url({reinterpret_cast<const char*>(digest.data()), 16});
}

}  // namespace

std::string seal_state(const KeyRing& keys, const Json& state, const Message& request,
                       const plugin::Principal& principal) {
  return keys.seal(kStatePurpose, Json{{"s", state},
                                       {"e", unix_seconds() + kStateSeconds},
                                       {"p", identity_of(principal)},
                                       {"r", digest_of(request)}}
                                      .dump());
}

std::optional<Inputs> read_inputs(const KeyRing& keys, const Message& request,
                                  const plugin::Principal& principal, std::string& fault) {
  Inputs inputs;
  if (const Json* const responses = member(request.params(), "inputResponses")) {
    if (!responses->is_object()) {
      fault = "inputResponses: must be an object";
      return std::nullopt;
    }
    inputs.responses = *responses;
  }
  const Json* const sealed = member(request.params(), "requestState");
  if (!sealed) return inputs;
  const auto payload = sealed->is_string()
                           ? keys.open(kStatePurpose, sealed->get_ref<const std::string&>())
                           : std::nullopt;
  const auto opened = payload ? parse_json(*payload) : std::nullopt;
  // One sentence for all: what exactly is wrong would help only somebody who tries.
  if (!opened || (*opened)["p"] != identity_of(principal) || (*opened)["r"] != digest_of(request) ||
      (*opened)["e"].get<std::int64_t>() < unix_seconds()) {
    fault = "requestState: not of this request, or expired; send the request again without it";
    return std::nullopt;
  }
  inputs.state = (*opened)["s"];
  return inputs;
}

Json legacy_request(const Json& request, std::string_view version) {
  Json out{{"method", request["method"]}};
  if (!request.contains("params")) return out;
  out["params"] = request["params"];
  // URL mode, and with it the member that tells the modes apart, came with 2025-11-25.
  if (request["method"] == "elicitation/create" && version < "2025-11-25")
    out["params"].erase("mode");
  return out;
}

}  // namespace govhost::mcp
