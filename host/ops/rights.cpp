#include "ops/rights.h"

#include <arpa/inet.h>

#include <openssl/crypto.h>

#include "core/base64.h"
#include "core/text.h"

namespace govhost::ops {
namespace {

// In a time that does not tell how much of it was right.
bool is_same(std::string_view given, std::string_view token) {
  return !token.empty() && given.size() == token.size() &&
         CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0;
}

// The credentials behind "Basic ", whose letters may be of either case (RFC 9110, 11.1).
std::optional<std::string_view> after_scheme(std::string_view authorization,
                                             std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ' ||
      !equals_ignoring_case(authorization.substr(0, scheme.size()), scheme))
    return std::nullopt;
  return authorization.substr(scheme.size() + 1);
}

// A user's name has no colon, a password may (RFC 7617, 2).
bool is_password(std::string_view authorization, std::string_view token) {
  const auto encoded = after_scheme(authorization, "Basic");
  const auto pair = encoded ? from_base64(*encoded) : std::nullopt;
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  return colon != std::string::npos && is_same(std::string_view(*pair).substr(colon + 1), token);
}

bool is_address(const std::string& text, int family) {
  in6_addr room{};
  return ::inet_pton(family, text.c_str(), &room) == 1;
}

}  // namespace

bool is_literal_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end != std::string_view::npos && (end + 1 == host.size() || host[end + 1] == ':') &&
           is_address(std::string(host.substr(1, end - 1)), AF_INET6);
  }
  host = host.substr(0, host.find(':'));
  return equals_ignoring_case(host, "localhost") || is_address(std::string(host), AF_INET);
}

std::optional<Refusal> Rights::refusal(const Asking& asking) const {
  if (!token_) {
    if (!is_local_)
      return Refusal{
          403, {}, "this is for the host's own machine alone until ops.metrics_token is set\n"};
    if (asking.browser && !is_literal_host(asking.host))
      return Refusal{
          403, {}, "open this by an IP address or localhost; a name needs ops.metrics_token\n"};
    return std::nullopt;
  }
  const std::string token = token_();
  const auto bearer = asking.authorization.starts_with("Bearer ")
                          ? std::optional(asking.authorization.substr(7))
                          : std::nullopt;
  if (bearer && is_same(*bearer, token)) return std::nullopt;
  if (asking.browser && is_password(asking.authorization, token)) return std::nullopt;
  if (asking.browser)
    return Refusal{401, "Basic realm=\"govhost console\", charset=\"UTF-8\"",
                   "the token that ops.metrics_token names is required, as a bearer token or as "
                   "the password of any user\n"};
  return Refusal{401, "Bearer realm=\"govhost metrics\"",
                 "the token that ops.metrics_token names is required\n"};
}

}  // namespace govhost::ops
