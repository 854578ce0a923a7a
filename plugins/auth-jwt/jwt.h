// The parts of a token in the compact form of JWS (RFC 7515, 3.1), before anything is believed.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace jwt {

inline constexpr std::size_t kMaxToken = std::size_t{16} << 10u;

struct Jwt {
  std::string alg, kid;    // of the header; kid may be empty
  std::string_view input;  // what was signed: a view of the token
  std::string signature;
  nlohmann::json claims;  // an object
};

// Whether somebody who has the token would take it for a JWT at all.
bool looks_like_jwt(std::string_view token);

// Refuses what could mean something else to another reader: a header with `crit`, a type that is no
// access token's, JSON with a member twice. `jku`, `x5u` and `jwk`, by which a token could bring
// its own key, are not looked at.
gov::Result<Jwt> parse_jwt(std::string_view token);

}  // namespace jwt
