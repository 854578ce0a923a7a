// An OAuth authorization server of the test's own: keys, the set of them, and tokens.
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace govhost::test {

// A key pair that signs tokens.
class SigningKey {
 public:
  // "RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA" and so on; RSA keys serve all of RS and
  // PS.
  static SigningKey make(const std::string& alg, const std::string& kid);

  const std::string& kid() const { return kid_; }
  nlohmann::json jwk() const;  // the public half (RFC 7517)
  std::string pem() const;     // likewise

  // The two parts before the signature, in the compact form of JWS, signed.
  std::string sign(const nlohmann::json& header, const nlohmann::json& claims,
                   const std::string& alg) const;
  // With the usual header.
  std::string token(const nlohmann::json& claims) const;

 private:
  std::shared_ptr<void> key_;
  std::string alg_, kid_;
};

nlohmann::json jwks_of(const std::vector<SigningKey>& keys);
// A token whose signature is the HMAC of its parts with this secret (HS256).
std::string hmac_token(const nlohmann::json& header, const nlohmann::json& claims,
                       const std::string& secret);
std::string base64url(const std::string& bytes);

}  // namespace govhost::test
