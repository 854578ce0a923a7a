#include "jwt.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base64url.h"

namespace jwt {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 8;

// An object without a member twice: which of the two counts differs between readers.
std::optional<json> object_of(std::string_view part) {
  const auto text = decode_base64url(part);
  if (!text) return std::nullopt;
  std::vector<std::set<std::string>> seen;
  bool good = true;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) {
      good = good && depth < kMaxDepth;
      seen.emplace_back();
    }
    if (event == json::parse_event_t::array_start) good = good && depth < kMaxDepth;
    if (event == json::parse_event_t::object_end && !seen.empty()) seen.pop_back();
    if (event == json::parse_event_t::key && !seen.empty())
      good = seen.back().insert(parsed.get<std::string>()).second && good;
    return good;
  };
  json value = json::parse(*text, check, /*allow_exceptions=*/false);
  if (!good || !value.is_object()) return std::nullopt;
  return value;
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// RFC 9068, 2.1 and RFC 8725, 3.11: an ID token or a logout token is no access token.
bool is_access_token(const json& header) {
  if (!header.contains("typ")) return true;
  std::string type = text_in(header, "typ");
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return type == "jwt" || type == "at+jwt" || type == "application/at+jwt";
}

}  // namespace

bool looks_like_jwt(std::string_view token) {
  const std::size_t first = token.find('.'), second = token.find('.', first + 1);
  return first != token.npos && second != token.npos && token.find('.', second + 1) == token.npos;
}

gov::Result<Jwt> parse_jwt(std::string_view token) {
  const auto refused = [](const char* why) { return gov::unauthenticated(why); };
  if (token.size() > kMaxToken) return refused("the token is larger than 16 KiB");
  const std::size_t first = token.find('.'), second = token.find('.', first + 1);
  if (first == token.npos || second == token.npos || token.find('.', second + 1) != token.npos)
    return refused("the token is no JWT of three parts");
  const auto header = object_of(token.substr(0, first));
  if (!header) return refused("the token's header is no JSON object in base64url");
  if (header->contains("crit")) return refused("the token needs an extension (crit)");
  if (!is_access_token(*header)) return refused("the token's type (typ) is no access token's");
  Jwt out;
  out.alg = text_in(*header, "alg");
  out.kid = text_in(*header, "kid");
  out.input = token.substr(0, second);
  auto claims = object_of(token.substr(first + 1, second - first - 1));
  if (!claims) return refused("the token's claims are no JSON object in base64url");
  out.claims = std::move(*claims);
  auto signature = decode_base64url(token.substr(second + 1));
  if (!signature || signature->empty()) return refused("the token has no signature in base64url");
  out.signature = std::move(*signature);
  return out;
}

}  // namespace jwt
