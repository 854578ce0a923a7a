#include "bearer.h"

#include <algorithm>

namespace auth_common {
namespace {

// Of any case (RFC 9110, 11.1).
bool is_bearer(std::string_view scheme) {
  constexpr std::string_view kBearer = "bearer";
  return std::equal(scheme.begin(), scheme.end(), kBearer.begin(), kBearer.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

gov::Result<std::string_view> bearer_of(const gov::Peer& peer) {
  std::string_view value;
  int found = 0;
  for (const gov_pair& header : peer.headers()) {
    if (gov::to_cpp(header.name) != "authorization") continue;
    value = gov::to_cpp(header.value);
    ++found;
  }
  if (found == 0) return gov::not_mine();
  if (found > 1) return gov::unauthenticated("more than one Authorization header");
  value = trim(value);
  const std::size_t blank = value.find_first_of(" \t");
  if (!is_bearer(value.substr(0, blank))) return gov::not_mine();
  return blank == value.npos ? std::string_view() : trim(value.substr(blank));
}

}  // namespace auth_common
