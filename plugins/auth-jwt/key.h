// A public key that signatures are checked with.
#pragma once

#include <gov/status.hpp>

#include <openssl/types.h>
#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace jwt {

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using PublicKey = std::shared_ptr<EVP_PKEY>;

struct Key {
  std::string kid;                // may be empty
  std::vector<std::string> algs;  // that it may be used with, by its type and its own `alg`
  PublicKey key;
};

// A member of a JWK set (RFC 7517): RSA of 2048 bits and more, EC on P-256, P-384 and P-521,
// Ed25519. What is for encryption or of another kind is not for us.
gov::Result<Key> key_of_jwk(const nlohmann::json& jwk);

// All public keys (or certificates) of a PEM text, without a kid.
gov::Result<std::vector<Key>> keys_of_pem(const std::string& pem);

}  // namespace jwt
