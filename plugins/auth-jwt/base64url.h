// base64url without padding (RFC 7515, 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jwt {

// nullopt for anything that an encoder would not have written: padding, other letters, bits that
// are not zero at the end. Two texts for one value would make two tokens of one.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace jwt
