// What clients are told of how to get a credential: protected resource metadata (RFC 9728).
#pragma once

#include <gov/abi/auth.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::access {

// Immutable; thread-safe.
class ProtectedResource {
 public:
  static constexpr std::string_view kWellKnown = "/.well-known/oauth-protected-resource";

  ProtectedResource() = default;  // no authorization server is known: there is nothing to tell
  // `public_url`: of the endpoint, as clients reach it; empty: as the Host header names it, which
  // transports have checked. Clients refuse metadata of another origin than the one they asked.
  ProtectedResource(std::string public_url, std::vector<std::string> servers,
                    std::vector<std::string> scopes)
      : public_url_(std::move(public_url)),
        servers_(std::move(servers)),
        scopes_(std::move(scopes)) {}

  bool known() const { return !servers_.empty(); }

  // Where the metadata of the endpoint at `target` is, for the challenge (RFC 9728, 5.1).
  std::string metadata_url(const gov_peer& peer, std::string_view target) const;

  // The metadata that a GET of `target` asks for; nullopt: it asks for something else. Both the
  // path with the endpoint's behind it (RFC 9728, 3.1) and the bare one, which some clients try.
  std::optional<std::string> metadata(const gov_peer& peer, std::string_view target) const;

 private:
  std::string public_url_;
  std::vector<std::string> servers_, scopes_;
};

}  // namespace govhost::access
