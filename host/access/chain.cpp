#include "access/chain.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/text.h"

namespace govhost::access {

Chain::Chain(std::vector<plugin::Authenticator*> authenticators,
             std::vector<std::string> required_scopes)
    : authenticators_(std::move(authenticators)), required_scopes_(std::move(required_scopes)) {
  never_blocks_ = std::all_of(authenticators_.begin(), authenticators_.end(),
                              [](const plugin::Authenticator* a) { return a->never_blocks(); });
}

Decision Chain::deny(int http_status, std::string error, std::string description) const {
  Decision decision;
  Denial& denial = decision.denial;
  denial = {http_status, std::move(error), std::move(description), {}};
  std::string scheme = authenticators_.front()->challenge();
  denial.challenge = scheme.empty() ? "Bearer" : std::move(scheme);
  std::string separator = denial.challenge.find(' ') == std::string::npos ? " " : ", ";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    denial.challenge += separator + std::string(name) + "=\"" + replace_all(value, "\"", "'") + '"';
    separator = ", ";
  };
  add("error", denial.error);
  add("error_description", denial.description);
  add("scope", join(required_scopes_, " "));
  return decision;
}

Decision Chain::decide(plugin::CallContext& call, const gov_peer& peer) const {
  Decision decision;
  if (!configured() || gov::to_cpp(peer.transport) == "stdio") {
    decision.allowed = true;
    return decision;
  }
  for (plugin::Authenticator* const authenticator : authenticators_) {
    decision.principal = {};  // what one has left there is not the next one's word
    const gov::Status status = authenticator->authenticate(call, peer, decision.principal);
    if (status.code() == GOV_NOT_MINE) continue;
    if (status.code() == GOV_UNAUTHENTICATED)
      return deny(401, "invalid_token", "the credential is not accepted");
    if (!status.ok()) return deny(401, "invalid_token", "the credential could not be checked");
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    if (decision.principal.expires_ms != 0 && decision.principal.expires_ms <= now.count())
      return deny(401, "invalid_token", "the credential has expired");
    const auto& held = decision.principal.scopes;
    for (const std::string& scope : required_scopes_)
      if (std::find(held.begin(), held.end(), scope) == held.end())
        return deny(403, "insufficient_scope", "the credential lacks a required scope");
    decision.allowed = true;
    return decision;
  }
  return deny(401, {}, {});
}

}  // namespace govhost::access
