#include "access/chain.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/text.h"

namespace govhost::access {
namespace {

std::vector<std::string> issuers_of(const std::vector<plugin::Authenticator*>& authenticators) {
  std::vector<std::string> all;
  for (plugin::Authenticator* const each : authenticators)
    for (std::string& url : each->issuers())
      if (std::find(all.begin(), all.end(), url) == all.end()) all.push_back(std::move(url));
  return all;
}

bool has_two_credentials(const gov_peer& peer) {
  return std::count_if(peer.headers, peer.headers + peer.header_count, [](const gov_pair& header) {
           return gov::to_cpp(header.name) == "authorization";
         }) > 1;
}

bool has_expired(const plugin::Principal& principal) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return principal.expires_ms != 0 && principal.expires_ms <= now.count();
}

}  // namespace

Chain::Chain(std::vector<plugin::Authenticator*> authenticators, Rules rules)
    : authenticators_(std::move(authenticators)),
      rules_(std::move(rules)),
      resource_(rules_.public_url, issuers_of(authenticators_), rules_.required_scopes) {
  answers_at_once_ =
      std::all_of(authenticators_.begin(), authenticators_.end(),
                  [](const plugin::Authenticator* a) { return a->answers_at_once(); });
}

// RFC 6750, 3, and RFC 9728, 5.1. One header, every value quoted, as clients parse it.
std::string Chain::challenge(const Asked& asked, const Denial& denial,
                             std::span<const std::string> scopes) const {
  std::string out = authenticators_.front()->challenge();
  if (out.empty()) out = "Bearer";
  std::string separator = out.find(' ') == std::string::npos ? " " : ", ";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out += separator + std::string(name) + "=\"" + replace_all(value, "\"", "'") + '"';
    separator = ", ";
  };
  add("error", denial.error);
  add("error_description", denial.description);
  if (resource_.known()) add("resource_metadata", resource_.metadata_url(asked.peer, asked.target));
  add("scope", join(scopes, " "));
  return out;
}

Decision Chain::deny(const Asked& asked, int http_status, std::string error,
                     std::string description) const {
  Decision decision;
  decision.denial = {http_status, std::move(error), std::move(description), {}};
  if (http_status != 503)
    decision.denial.challenge = challenge(asked, decision.denial, rules_.required_scopes);
  return decision;
}

Denial Chain::lacking(const gov_peer& peer, std::string_view target,
                      std::span<const std::string> scopes) const {
  Denial denial{403, "insufficient_scope", "the credential does not allow this", {}};
  if (configured()) denial.challenge = challenge({peer, target}, denial, scopes);
  return denial;
}

Decision Chain::judge(const Asked& asked, plugin::Principal principal) const {
  if (has_expired(principal))
    return deny(asked, 401, "invalid_token", "the credential has expired");
  if (rules_.revocations != nullptr) {
    const Revocations::Verdict verdict = rules_.revocations->of(principal);
    if (verdict == Revocations::Verdict::kRevoked)
      return deny(asked, 401, "invalid_token", "the credential is revoked");
    if (verdict == Revocations::Verdict::kUnknown)
      return deny(asked, 503, "temporarily_unavailable",
                  "the list of revoked credentials cannot be read");
  }
  const auto& held = principal.scopes;
  for (const std::string& scope : rules_.required_scopes)
    if (std::find(held.begin(), held.end(), scope) == held.end())
      return deny(asked, 403, "insufficient_scope", "the credential lacks a required scope");
  Decision decision;
  decision.allowed = true;
  decision.principal = std::move(principal);
  return decision;
}

Decision Chain::decide(plugin::CallContext& call, const gov_peer& peer,
                       std::string_view target) const {
  Decision decision;
  const bool local = gov::to_cpp(peer.transport) == "stdio";
  if (!configured() || local) {
    decision.allowed = true;
    if (local) decision.principal.scopes = rules_.local_scopes;
    return decision;
  }
  const Asked asked{peer, target};
  // Which of two would count differs between proxies and servers: nobody may choose.
  if (has_two_credentials(peer))
    return deny(asked, 400, "invalid_request", "more than one Authorization header");
  for (plugin::Authenticator* const authenticator : authenticators_) {
    plugin::Principal principal;  // what one has left there is not the next one's word
    const gov::Status status = authenticator->authenticate(call, peer, principal);
    switch (status.code()) {
      case GOV_OK: return judge(asked, std::move(principal));
      case GOV_NOT_MINE: continue;
      case GOV_WOULD_BLOCK:
        if (!call.at_once())
          return deny(asked, 401, "invalid_token", "the credential could not be checked");
        decision.would_block = true;
        return decision;
      case GOV_UNAUTHENTICATED:
        return deny(asked, 401, "invalid_token", "the credential is not accepted");
      // The client's credential may be good: it shall come back with it, not throw it away.
      case GOV_UNAVAILABLE:
      case GOV_DEADLINE_EXCEEDED:
        return deny(asked, 503, "temporarily_unavailable", "the credential cannot be checked now");
      default: return deny(asked, 401, "invalid_token", "the credential could not be checked");
    }
  }
  return deny(asked, 401, {}, {});
}

}  // namespace govhost::access
