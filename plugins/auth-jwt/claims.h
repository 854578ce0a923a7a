// What a token says, and whether it is meant for this server and this moment (RFC 7519, 4.1; RFC
// 9068, 4; RFC 8725, 3).
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace jwt {

struct Expected {
  std::string issuer;
  std::vector<std::string> audiences;  // one of them
  std::vector<std::string> clients;    // one of them in client_id or azp; empty: any
  std::string subject_claim = "sub";
  std::vector<std::string> scope_claims = {"scope", "scp"};
  std::chrono::seconds clock_skew{60};
  std::chrono::seconds max_lifetime{86'400};  // that a token may still have
};

struct Bearer {
  std::string subject, id;  // id: jti, may be empty
  std::vector<std::string> scopes;
  std::int64_t expires_ms = 0;  // Unix time
};

// The signature has been checked. `now`: Unix time in seconds.
gov::Result<Bearer> judge(const nlohmann::json& claims, const Expected& expected, std::int64_t now);

}  // namespace jwt
