// The bearer token of a request (RFC 6750, 2.1).
#pragma once

#include <gov/auth.hpp>

#include <string_view>

namespace auth_common {

// GOV_NOT_MINE without one, UNAUTHENTICATED for two Authorization headers: which of them would
// count differs between proxies and servers, and nobody may choose. The token may be empty.
gov::Result<std::string_view> bearer_of(const gov::Peer& peer);

}  // namespace auth_common
