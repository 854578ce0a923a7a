#include "reference.h"

#include <algorithm>

namespace vault {
namespace {

bool is_ordinary(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~").find(c) != std::string_view::npos;
}

bool is_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_ordinary(c) || c == '@' || c == '+' || c == ' '; });
}

}  // namespace

gov::Result<Reference> parse_reference(std::string_view text) {
  const gov::Status bad = gov::invalid(
      "a reference to a secret of Vault has the form MOUNT/PATH#FIELD, such as kv/gov#token");
  const std::size_t hash = text.find('#');
  const std::string_view place = text.substr(0, hash);
  const std::size_t slash = place.find('/');
  if (slash == std::string_view::npos) return bad;
  for (std::size_t at = 0; at <= place.size();) {
    const std::size_t end = std::min(place.find('/', at), place.size());
    if (!is_segment(place.substr(at, end - at))) return bad;
    at = end + 1;
  }
  Reference out{std::string(place.substr(0, slash)), std::string(place.substr(slash + 1)), {}};
  if (hash == std::string_view::npos) return out;
  out.field = text.substr(hash + 1);
  if (out.field.empty()) return bad;
  return out;
}

std::string in_url(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_ordinary(c) || c == '/')
      out += c;
    else
      out += {'%', kHex[byte >> 4u], kHex[byte & 15u]};
  }
  return out;
}

}  // namespace vault
