// Callers who ask too often.
#include "serve/dispatch.h"

namespace govhost {
namespace {

using Per = access::RateLimits::Per;

// An anonymous caller stands for his address.
void set_key(std::string& key, const plugin::Principal& principal, std::string_view address) {
  key = principal.subject.empty() ? "a:" : "p:";
  if (principal.subject.empty())
    key += access::network_of(address);
  else
    key.append(principal.issuer).append(1, '\n').append(principal.subject);
}

}  // namespace

// Before anything is read or anybody is asked who this is.
std::optional<mcp::Reply> Dispatcher::limit_address(access::RateLimits* rates, const gov_peer& peer,
                                                    std::string_view correlation_id) {
  const std::string_view address = gov::to_cpp(peer.address);
  if (rates == nullptr || address.empty()) return std::nullopt;
  const auto refused =
      rates->ask(Per::kAddress, access::network_of(address), {}, std::chrono::steady_clock::now());
  if (!refused) return std::nullopt;
  return too_often(*refused, {}, correlation_id);
}

mcp::Outcome Dispatcher::answer_within_limits(const mcp::Work& work, const mcp::Caller& caller,
                                              std::string_view address) {
  if (auto refused = limit_principal(work, caller.principal, address)) return std::move(*refused);
  return answer(work, caller);
}

bool Dispatcher::admit_caller(Exchange& exchange) {
  // Whoever started the host himself is the only one there is.
  if (exchange.caller.principal.subject.empty() && exchange.caller.address.empty()) return true;
  std::string key;
  set_key(key, exchange.caller.principal, exchange.caller.address);
  if (!caller_places_.enter(key)) return false;
  exchange.caller_key = std::move(key);
  return true;
}

std::optional<mcp::Reply> Dispatcher::limit_principal(const mcp::Work& work,
                                                      const plugin::Principal& principal,
                                                      std::string_view address) {
  const auto admission = admission_.get();
  if (admission->rates == nullptr) return std::nullopt;
  static thread_local std::string who;
  set_key(who, principal, address);
  const auto refused = admission->rates->ask(Per::kPrincipal, who, work.tool_name(),
                                             std::chrono::steady_clock::now());
  if (!refused) return std::nullopt;
  return too_often(*refused, work.message.id, work.correlation_id);
}

// RFC 6585, 4; RateLimit fields as of draft-ietf-httpapi-ratelimit-headers-03, which clients read.
mcp::Reply Dispatcher::too_often(const access::RateLimits::Refusal& refusal, std::string_view id,
                                 std::string_view correlation_id) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(refusal.verdict.retry_after).count();
  const std::string seconds = std::to_string(std::max<std::int64_t>(wait, 1));
  const access::RateLimit::Settings& limit = refusal.limit->settings();
  mcp::Reply reply = mcp::Reply::error(
      {mcp::kOverloaded, 429,
       "too many requests (limit '" + limit.name + "'); try again in " + seconds + " s", nullptr},
      id, correlation_id, GOV_RESOURCE_EXHAUSTED);
  reply.error_type = "rate_limited";
  reply.headers.emplace_back("Retry-After", seconds);
  reply.headers.emplace_back("RateLimit-Limit", std::to_string(limit.burst));
  reply.headers.emplace_back("RateLimit-Remaining", "0");
  reply.headers.emplace_back("RateLimit-Reset", seconds);
  // One line for a caller who goes on and on: he must not fill the disk.
  reply.is_repeated = !refusal.verdict.first;
  return reply;
}

}  // namespace govhost
