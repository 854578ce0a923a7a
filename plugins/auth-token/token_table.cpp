#include "token_table.h"

#include <openssl/crypto.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "credential_file.h"
#include "rfc3339.h"

namespace {

using nlohmann::json;

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxScopes = 64;
constexpr std::size_t kMaxScope = 128;
constexpr std::size_t kMaxNetworks = 64;
constexpr std::size_t kMaxKeys = 2;  // of a client: the old and the new one while it changes over

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool parse_digest(const std::string& hex, Digest& digest) {
  if (hex.size() != 2 * digest.size()) return false;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return true;
}

// Printable ASCII without blanks, quotes and backslashes (RFC 6749, 3.3): ids and scopes are
// written into logs and headers.
bool is_name(const std::string& text, std::size_t longest) {
  if (text.empty() || text.size() > longest) return false;
  for (const char c : text)
    if (c <= ' ' || c > '~' || c == '"' || c == '\\') return false;
  return true;
}

std::string text_in(const json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

gov::Status read_scopes(const json& entry, const std::string& where, Token& token) {
  const auto scopes = entry.find("scopes");
  if (scopes == entry.end()) return {};
  if (!scopes->is_array() || scopes->size() > kMaxScopes)
    return gov::invalid(where + ".scopes must be an array of at most 64 texts");
  for (const json& scope : *scopes) {
    if (!scope.is_string() || !is_name(scope.get<std::string>(), kMaxScope))
      return gov::invalid(where + ".scopes[" + std::to_string(token.scopes.size()) +
                          "] must be 1 to 128 printable ASCII characters without blanks, "
                          "quotes and backslashes");
    token.scopes.push_back(scope.get<std::string>());
  }
  return {};
}

gov::Status read_networks(const json& entry, const std::string& where, Token& token) {
  const auto networks = entry.find("cidr");
  if (networks == entry.end()) return {};
  if (!networks->is_array() || networks->empty() || networks->size() > kMaxNetworks)
    return gov::invalid(where + ".cidr must be an array of 1 to 64 networks");
  for (const json& each : *networks) {
    const auto network = each.is_string() ? Network::parse(each.get<std::string>()) : std::nullopt;
    if (!network)
      return gov::invalid(where + ".cidr[" + std::to_string(token.networks.size()) +
                          "] must be a network such as \"10.1.0.0/16\"");
    token.networks.push_back(*network);
  }
  return {};
}

gov::Status read_expiry(const json& entry, const std::string& where, Token& token) {
  if (!entry.contains("expires")) return {};
  const std::optional<std::int64_t> time = parse_rfc3339(text_in(entry, "expires"));
  // The contract's 0 means "never", so a time at or before 1970 must not become one.
  if (!time || *time <= 0)
    return gov::invalid(where + ".expires must be a time such as \"2027-01-31T09:30:00Z\"");
  token.expires_ms = *time;
  return {};
}

}  // namespace

std::size_t TokenTable::Hash::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

bool TokenTable::Equal::operator()(const Digest& a, const Digest& b) const {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

gov::Status TokenTable::add(const json& entries, const std::string& where) {
  if (!entries.is_array()) return gov::invalid(where + " must be a JSON array of objects");
  if (entries.size() > kMaxTokens - tokens_.size())
    return gov::invalid(where + " has " + std::to_string(entries.size()) +
                        " entries; 10000 tokens in all are the most this plugin takes");
  std::size_t i = 0;
  for (const json& entry : entries)
    if (gov::Status s = add_one(entry, where + "[" + std::to_string(i++) + "]"); !s.ok()) return s;
  return {};
}

gov::Status TokenTable::add_one(const json& entry, const std::string& where) {
  if (!entry.is_object()) return gov::invalid(where + " must be an object");
  for (const auto& item : entry.items()) {
    const std::string& key = item.key();
    // The key is not repeated: whoever mixes things up may have written a token in its place.
    if (key != "id" && key != "key" && key != "sha256" && key != "scopes" && key != "cidr" &&
        key != "created" && key != "expires")
      return gov::invalid(where +
                          " has an unknown key; use id, key, sha256, scopes, cidr, created and "
                          "expires");
  }
  Token token{text_in(entry, "id"), text_in(entry, "key"), {}, {}, 0};
  if (!is_name(token.id, kMaxId))
    return gov::invalid(where +
                        ".id must be 1 to 128 printable ASCII characters without blanks, "
                        "quotes and backslashes");
  if (entry.contains("key") && !is_name(token.key, kMaxId))
    return gov::invalid(where + ".key must be as an id");
  Digest digest{};
  if (!parse_digest(text_in(entry, "sha256"), digest))
    return gov::invalid(where + ".sha256 must be 64 hex digits, the SHA-256 of the token");
  if (gov::Status s = read_scopes(entry, where, token); !s.ok()) return s;
  if (gov::Status s = read_networks(entry, where, token); !s.ok()) return s;
  if (gov::Status s = read_expiry(entry, where, token); !s.ok()) return s;

  auto& keys = places_[token.id];
  if (const auto [other, added] = keys.emplace(token.key, where); !added)
    return gov::invalid(where + ".id is the same as " + other->second +
                        ".id; two keys of one client have different names in key");
  if (keys.size() > kMaxKeys)
    return gov::invalid(where + ".id has two keys already; revoke one of them first");
  const auto [other, added] = tokens_.emplace(digest, token);
  if (added) return {};
  return gov::invalid(where + ".sha256 is the same as " +
                      places_[other->second.id][other->second.key] + ".sha256");
}

const Token* TokenTable::find(std::string_view presented) const {
  const auto found = tokens_.find(auth_common::digest_of(presented));
  return found == tokens_.end() ? nullptr : &found->second;
}

gov::Status add_token_file(const std::string& path, TokenTable& table) {
  const std::string name = "auth.options.file " + path;
  const auto text = auth_common::read_credential_file(path);
  if (!text) return gov::invalid("auth.options.file " + text.status().message());
  json entries;
  try {
    entries = json::parse(*text);
  } catch (const json::parse_error& e) {
    // Not e.what(): it quotes the file.
    return gov::invalid(name + " is not JSON: fault near byte " + std::to_string(e.byte));
  }
  return table.add(entries, path);
}
