#include "claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace jwt {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSubject = 256, kMaxId = 256, kMaxScopes = 256, kMaxScope = 256;

const json* member(const json& claims, const std::string& name) {
  const auto found = claims.find(name);
  return found == claims.end() ? nullptr : &*found;
}

std::string text_in(const json& claims, const std::string& name) {
  const json* const value = member(claims, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

// NumericDate: seconds, perhaps with a fraction. nullopt: it is there and is none.
std::optional<std::optional<std::int64_t>> time_in(const json& claims, const char* name) {
  constexpr double kLatest = 1e11;  // the year 5138
  const json* const value = member(claims, name);
  if (value == nullptr) return std::optional<std::int64_t>();
  if (!value->is_number()) return std::nullopt;
  const double seconds = value->get<double>();
  if (!(std::abs(seconds) < kLatest)) return std::nullopt;
  return std::optional(static_cast<std::int64_t>(std::floor(seconds)));
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// One text or an array of them (RFC 7519, 4.1.3).
bool has_audience(const json& claims, const std::vector<std::string>& wanted) {
  const json* const value = member(claims, "aud");
  if (value == nullptr) return false;
  const auto meant = [&](const json& one) {
    return one.is_string() && contains(wanted, one.get<std::string>());
  };
  return value->is_array() ? std::any_of(value->begin(), value->end(), meant) : meant(*value);
}

// Printable, so that it can stand in logs and headers.
bool is_name(const std::string& text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

void add_scope(const std::string& scope, std::vector<std::string>& out) {
  if (is_name(scope, kMaxScope) && out.size() < kMaxScopes && !contains(out, scope))
    out.push_back(scope);
}

// Separated by blanks (RFC 8693, 4.2) or an array.
void add_scopes(const json& value, std::vector<std::string>& out) {
  if (value.is_array())
    for (const json& each : value)
      if (each.is_string()) add_scope(each.get<std::string>(), out);
  if (!value.is_string()) return;
  const std::string& text = value.get_ref<const std::string&>();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    add_scope(text.substr(at, end - at), out);
    at = end + 1;
  }
}

gov::Status check_times(const json& claims, const Expected& expected, std::int64_t now,
                        std::int64_t& expires) {
  const auto exp = time_in(claims, "exp"), nbf = time_in(claims, "nbf"),
             iat = time_in(claims, "iat");
  if (!exp || !nbf || !iat) return gov::unauthenticated("a time in the token is no number");
  if (!*exp) return gov::unauthenticated("the token has no expiry (exp)");
  const std::int64_t skew = expected.clock_skew.count();
  expires = **exp + skew;
  if (expires <= now) return gov::unauthenticated("the token has expired");
  if (*nbf && **nbf > now + skew) return gov::unauthenticated("the token is not valid yet (nbf)");
  if (*iat && **iat > now + skew)
    return gov::unauthenticated("the token was issued in the future (iat)");
  if (**exp > now + skew + expected.max_lifetime.count())
    return gov::unauthenticated("the token lives longer than max_lifetime allows");
  return {};
}

}  // namespace

gov::Result<Bearer> judge(const json& claims, const Expected& expected, std::int64_t now) {
  if (text_in(claims, "iss") != expected.issuer)
    return gov::unauthenticated("the token is of another issuer (iss)");
  if (!has_audience(claims, expected.audiences))
    return gov::unauthenticated("the token is meant for another server (aud)");
  std::int64_t expires = 0;
  if (gov::Status s = check_times(claims, expected, now, expires); !s.ok()) return s;
  std::string client = text_in(claims, "client_id");
  if (client.empty()) client = text_in(claims, "azp");
  if (!expected.clients.empty() && !contains(expected.clients, client))
    return gov::unauthenticated("the token is of a client that is not allowed (client_id)");

  Bearer bearer;
  bearer.expires_ms = expires * 1000;
  bearer.subject = text_in(claims, expected.subject_claim);
  if (!is_name(bearer.subject, kMaxSubject))
    return gov::unauthenticated("the token names no subject (" + expected.subject_claim + ")");
  bearer.id = text_in(claims, "jti");
  // What cannot be named cannot be revoked.
  if (claims.contains("jti") && !is_name(bearer.id, kMaxId))
    return gov::unauthenticated("the token's jti is no short text");
  for (const std::string& name : expected.scope_claims)
    if (const json* const value = member(claims, name)) add_scopes(*value, bearer.scopes);
  return bearer;
}

}  // namespace jwt
