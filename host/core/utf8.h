// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace govhost {

// Offset of the first byte that is not valid UTF-8, or npos when all of it is.
std::size_t find_invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

// Code points in valid UTF-8.
std::size_t count_code_points(std::string_view text);

// The longest prefix of at most `bytes` bytes that does not cut a code point.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

// The text with every invalid sequence replaced by U+FFFD, for showing what came in.
std::string to_valid_utf8(std::string_view text);

}  // namespace govhost
