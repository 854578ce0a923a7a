// How a token is known: by its SHA-256, so that what is kept cannot be used.
#pragma once

#include <array>
#include <string_view>

namespace auth_common {

using TokenDigest = std::array<unsigned char, 32>;

TokenDigest digest_of(std::string_view token);

}  // namespace auth_common
