// Accepts access tokens in the form of JWTs that an authorization server has signed (RFC 9068).
#include <gov/auth.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "accepted.h"
#include "bearer.h"
#include "claims.h"
#include "jwt.h"
#include "key_store.h"
#include "signature.h"

namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object",
  "required": ["issuer", "audience"],
  "properties": {
    "issuer": {"type": "string", "minLength": 1, "maxLength": 2048,
      "description": "The iss of every token, exactly: the identifier of the authorization server."},
    "audience": {"type": "array", "minItems": 1, "maxItems": 16, "x-gov-from": "host.public_url",
      "items": {"type": "string", "minLength": 1, "maxLength": 2048},
      "description": "What aud must hold one of; by default host.public_url."},
    "algorithms": {"type": "array", "minItems": 1, "maxItems": 10,
      "default": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
        "EdDSA"],
      "items": {"type": "string", "enum": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
        "ES256", "ES384", "ES512", "EdDSA"]},
      "description": "That tokens may be signed with."},
    "jwks_uri": {"type": "string", "minLength": 1, "maxLength": 2048,
      "description": "Where the issuer's keys are; by default what its metadata says."},
    "keys_file": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Its keys in a file instead: PEM, one or several, or a JWK set."},
    "cache_file": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
      "description": "Copy of the keys that were fetched, for a start while the issuer is down."},
    "jwks_refresh": {"type": "string", "x-gov-unit": "duration", "default": "15m",
      "minimum": 1000, "maximum": 86400000, "description": "How often the keys are fetched again."},
    "jwks_cooldown": {"type": "string", "x-gov-unit": "duration", "default": "30s",
      "minimum": 1000, "maximum": 3600000,
      "description": "At most so often they are fetched because a token names an unknown key."},
    "jwks_stale_grace": {"type": "string", "x-gov-unit": "duration", "default": "24h",
      "minimum": 0, "maximum": 2592000000,
      "description": "How long the last keys stay in force while they cannot be fetched."},
    "jwks_timeout": {"type": "string", "x-gov-unit": "duration", "default": "5s",
      "minimum": 100, "maximum": 60000, "description": "For one fetch."},
    "clients": {"type": "array", "maxItems": 256, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 256},
      "description": "OAuth clients (client_id or azp) that may call; empty: any."},
    "subject_claim": {"type": "string", "minLength": 1, "maxLength": 64, "default": "sub",
      "description": "The claim that names the caller in logs, audit and limits."},
    "scope_claims": {"type": "array", "minItems": 1, "maxItems": 8, "default": ["scope", "scp"],
      "items": {"type": "string", "minLength": 1, "maxLength": 64},
      "description": "Claims that hold scopes: a text with blanks between them, or an array."},
    "clock_skew": {"type": "string", "x-gov-unit": "duration", "default": "60s",
      "minimum": 0, "maximum": 600000, "description": "That the issuer's clock may differ by."},
    "max_lifetime": {"type": "string", "x-gov-unit": "duration", "default": "24h",
      "minimum": 1000, "maximum": 31536000000,
      "description": "A token that lives on for longer is refused."}
  }
})";

std::vector<std::string> texts_in(const json& options, const char* name) {
  return options.value(name, std::vector<std::string>());
}

std::chrono::milliseconds time_in(const json& options, const char* name, std::int64_t otherwise) {
  return std::chrono::milliseconds(options.value(name, otherwise));
}

std::chrono::seconds seconds_in(const json& options, const char* name, std::int64_t otherwise) {
  return std::chrono::duration_cast<std::chrono::seconds>(time_in(options, name, otherwise));
}

// Keys that somebody on the way can exchange are no keys (RFC 8414, 2).
bool is_safe_url(std::string_view url) {
  if (url.starts_with("https://")) return true;
  for (const std::string_view local : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
    if (url.starts_with(local) &&
        (url.size() == local.size() || url[local.size()] == ':' || url[local.size()] == '/'))
      return true;
  return false;
}

class JwtAuth final : public gov::Auth {
 public:
  static gov::Result<std::unique_ptr<JwtAuth>> create(gov::Host host, const gov::Config& config) {
    const json options = json::parse(config.json(), nullptr, /*allow_exceptions=*/false);
    if (!options.is_object()) return gov::invalid("the options are no object");
    jwt::KeyStore::Settings keys;
    keys.issuer = config.text_or("issuer", "");
    keys.jwks_uri = config.text_or("jwks_uri", "");
    keys.keys_file = config.text_or("keys_file", "");
    keys.cache_file = config.text_or("cache_file", "");
    keys.refresh = time_in(options, "jwks_refresh", 900'000);
    keys.cooldown = time_in(options, "jwks_cooldown", 30'000);
    keys.stale_grace = time_in(options, "jwks_stale_grace", 86'400'000);
    keys.timeout = time_in(options, "jwks_timeout", 5'000);
    if (!keys.keys_file.empty() && !keys.jwks_uri.empty())
      return gov::invalid("auth.options: keys_file and jwks_uri exclude each other");
    for (const auto& [name, url] :
         {std::pair{"jwks_uri", keys.jwks_uri}, std::pair{"issuer", keys.issuer}}) {
      const bool fetched = keys.keys_file.empty() && !url.empty() &&
                           (std::string_view(name) == "jwks_uri" || keys.jwks_uri.empty());
      if (fetched && !is_safe_url(url))
        return gov::invalid("auth.options." + std::string(name) +
                            " must be an https:// URL: keys are fetched from it");
    }
    jwt::Expected expected;
    expected.issuer = keys.issuer;
    expected.audiences = texts_in(options, "audience");
    expected.clients = texts_in(options, "clients");
    expected.subject_claim = config.text_or("subject_claim", "sub");
    if (options.contains("scope_claims")) expected.scope_claims = texts_in(options, "scope_claims");
    expected.clock_skew = seconds_in(options, "clock_skew", 60'000);
    expected.max_lifetime = seconds_in(options, "max_lifetime", 86'400'000);
    return std::make_unique<JwtAuth>(host, std::move(keys), std::move(expected),
                                     texts_in(options, "algorithms"));
  }

  JwtAuth(gov::Host host, jwt::KeyStore::Settings keys, jwt::Expected expected,
          std::vector<std::string> algorithms)
      : expected_(std::move(expected)),
        algorithms_(std::move(algorithms)),
        keys_(host, std::move(keys)) {}

  gov::Status start(const gov::Call& call) override { return keys_.start(call); }
  void stop() override { keys_.stop(); }
  std::string challenge() override { return "Bearer"; }
  std::vector<std::string> issuers() override { return {expected_.issuer}; }

  gov::Status authenticate(const gov::Call& call, const gov::Peer& peer,
                           const Found& found) override {
    const auto token = auth_common::bearer_of(peer);
    if (!token) return token.status();
    // Keys of other plugins come as bearer tokens too.
    if (!jwt::looks_like_jwt(*token)) return gov::not_mine();
    return check(call, *token, found);
  }

 private:
  gov::Status check(const gov::Call& call, std::string_view token, const Found& found) {
    auto keys = keys_.current();
    const jwt::Accepted::Digest digest = auth_common::digest_of(token);
    if (keys)
      if (const auto known = accepted_.find(digest, keys.get())) return give(*known, found);
    const auto parsed = jwt::parse_jwt(token);
    if (!parsed) return parsed.status();
    if (std::find(algorithms_.begin(), algorithms_.end(), parsed->alg) == algorithms_.end())
      return gov::unauthenticated("the token is signed with an algorithm that is not allowed");
    if (!keys || !keys->knows(parsed->kid)) {
      gov::Status missing;
      const bool none = keys == nullptr;
      keys = keys_.look_again(call, missing);
      if (!keys)
        return none && missing.code() == GOV_UNAUTHENTICATED
                   ? gov::unavailable("there are no keys of the issuer")
                   : missing;
    }
    const auto candidates = keys->candidates(parsed->kid, parsed->alg);
    const bool signed_well =
        std::any_of(candidates.begin(), candidates.end(), [&](const jwt::Key* key) {
          return jwt::verify(*key, parsed->alg, parsed->input, parsed->signature);
        });
    if (!signed_well) return gov::unauthenticated("the token's signature is not good");
    gov::Result<jwt::Bearer> bearer = jwt::judge(parsed->claims, expected_, unix_now());
    if (!bearer) return bearer.status();
    const auto kept = std::make_shared<const jwt::Bearer>(std::move(*bearer));
    accepted_.put(digest, keys, kept);
    return give(*kept, found);
  }

  static std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  // The host refuses what has expired since.
  gov::Status give(const jwt::Bearer& bearer, const Found& found) const {
    found({.subject = bearer.subject,
           .issuer = expected_.issuer,
           .method = "jwt",
           .scopes = bearer.scopes,
           .expires_ms = bearer.expires_ms,
           .credential = bearer.id});
    return {};
  }

  const jwt::Expected expected_;
  const std::vector<std::string> algorithms_;
  jwt::KeyStore keys_;
  jwt::Accepted accepted_;
};

}  // namespace

GOV_PLUGIN(gov::component<JwtAuth>({.name = "jwt",
                                    .version = "1.0.0",
                                    .summary = "Accepts JWT access tokens of an OAuth server.",
                                    .config_schema = kSchema,
                                    .flags = GOV_ANSWERS_AT_ONCE}));
