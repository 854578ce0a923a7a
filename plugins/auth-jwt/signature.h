// Whether a signature is good (RFC 7515, 5.2; algorithms of RFC 7518, 3 and RFC 8037).
#pragma once

#include <string>
#include <string_view>

#include "key.h"

namespace jwt {

bool is_known_algorithm(std::string_view alg);

// `alg` is one that the key may be used with.
bool verify(const Key& key, std::string_view alg, std::string_view input,
            const std::string& signature);

}  // namespace jwt
