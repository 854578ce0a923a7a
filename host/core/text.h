// Small operations on text.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace govhost {

std::string_view trim(std::string_view text);  // ASCII blanks, both ends
std::string lower(std::string_view text);      // ASCII letters only; other bytes stay
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string replace_all(std::string_view text, std::string_view what, std::string_view with);

// Levenshtein distance, for "did you mean"; quadratic, so only for short names.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `name` when it is near enough to be what was meant.
std::optional<std::string_view> nearest(std::string_view name,
                                        std::span<const std::string_view> candidates);

// Escapes all but the unreserved characters of RFC 3986, 2.3; '/' may be kept.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// nullopt for a bad escape (RFC 3986, 2.1).
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace govhost
