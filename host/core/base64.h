// Base64 without line breaks (RFC 4648): the standard alphabet with padding, and the one for URLs
// without.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace govhost {

std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);

// Strict: no blanks, padding where it belongs (standard) or nowhere (URL), unused bits zero, so
// that there is one spelling of each text. nullopt for anything else.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace govhost
