// Asking the client for more in the middle of a call (multi-round-trip requests, 2026-07-28). Tools
// are written in this one style; in the legacy era the host asks by requests of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/key_ring.h"
#include "mcp/json.h"
#include "mcp/message.h"
#include "plugin/adapters.h"

namespace govhost::mcp {

// What a tool returns instead of an answer.
struct InputNeeded {
  // By key: {"method":"elicitation/create"|"sampling/createMessage"|"roots/list","params":{...}}.
  Json requests = Json::object();
  // Comes back with the responses, authenticated but readable by the client: no secrets. null:
  // none.
  Json state;
};

// The answers so far, as a tool sees them.
struct Inputs {
  Json responses = Json::object();  // by key; those that came
  Json state;                       // null: the first round

  // The response to `key`, or nullptr.
  const Json* find(std::string_view key) const { return member(responses, key); }
};

// How long a client may take between two rounds.
inline constexpr std::int64_t kStateSeconds = 600;

// requestState: bound to the principal and to the request (its method and what its params say apart
// from the answers), and good for kStateSeconds.
std::string seal_state(const KeyRing& keys, const Json& state, const Message& request,
                       const plugin::Principal& principal);

// The inputs that a request carries; a sentence for -32602 in `fault` when they are not right.
std::optional<Inputs> read_inputs(const KeyRing& keys, const Message& request,
                                  const plugin::Principal& principal, std::string& fault);

// The request for a client of the given legacy version: fields that it does not know are left out.
Json legacy_request(const Json& request, std::string_view version);

}  // namespace govhost::mcp
