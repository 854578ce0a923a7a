#include "support/issuer.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

namespace govhost::test {
namespace {

using nlohmann::json;

EVP_PKEY* raw(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

std::size_t half_of(const std::string& alg) {
  return alg == "ES256" ? 32 : alg == "ES384" ? 48 : alg == "ES512" ? 66 : 0;
}

std::string number(EVP_PKEY* key, const char* name, std::size_t bytes = 0) {
  BIGNUM* value = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &value) == 1, name);
  const std::size_t size = bytes > 0 ? bytes : static_cast<std::size_t>(BN_num_bytes(value));
  std::string out(size, '\0');
  must(BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) >=
           0,
       name);
  BN_free(value);
  return out;
}

// From DER to the two numbers of RFC 7518, 3.4.
std::string two_numbers(const std::string& der, std::size_t half) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  must(signature != nullptr, "DER");
  std::string out(2 * half, '\0');
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  must(BN_bn2binpad(ECDSA_SIG_get0_r(signature), to, static_cast<int>(half)) >= 0, "r");
  must(BN_bn2binpad(ECDSA_SIG_get0_s(signature), to + half, static_cast<int>(half)) >= 0, "s");
  ECDSA_SIG_free(signature);
  return out;
}

std::string input_of(const json& header, const json& claims) {
  return base64url(header.dump()) + "." + base64url(claims.dump());
}

}  // namespace

std::string base64url(const std::string& bytes) {
  static constexpr char kLetters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    bits = (bits << 8u) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += kLetters[(bits >> held) & 63u];
    }
  }
  if (held > 0) out += kLetters[(bits << (6 - held)) & 63u];
  return out;
}

SigningKey SigningKey::make(const std::string& alg, const std::string& kid) {
  EVP_PKEY* key = nullptr;
  if (alg == "EdDSA") {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else if (half_of(alg) > 0) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC",
                            alg == "ES256"   ? "P-256"
                            : alg == "ES384" ? "P-384"
                                             : "P-521");
  } else {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
  }
  must(key != nullptr, "keygen");
  SigningKey out;
  out.key_ = std::shared_ptr<void>(key, [](void* k) { EVP_PKEY_free(static_cast<EVP_PKEY*>(k)); });
  out.alg_ = alg;
  out.kid_ = kid;
  return out;
}

json SigningKey::jwk() const {
  EVP_PKEY* const key = raw(key_);
  json out = {{"kid", kid_}, {"use", "sig"}};
  if (alg_ == "EdDSA") {
    std::string x(32, '\0');
    std::size_t size = x.size();
    must(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(x.data()), &size) == 1,
         "raw key");
    out.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url(x)}});
  } else if (const std::size_t half = half_of(alg_); half > 0) {
    out.update({{"kty", "EC"},
                {"crv", alg_ == "ES256"   ? "P-256"
                        : alg_ == "ES384" ? "P-384"
                                          : "P-521"},
                {"x", base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_X, half))},
                {"y", base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_Y, half))}});
  } else {
    out.update({{"kty", "RSA"},
                {"n", base64url(number(key, OSSL_PKEY_PARAM_RSA_N))},
                {"e", base64url(number(key, OSSL_PKEY_PARAM_RSA_E))}});
  }
  return out;
}

std::string SigningKey::pem() const {
  BIO* const bio = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PUBKEY(bio, raw(key_)) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

std::string SigningKey::sign(const json& header, const json& claims, const std::string& alg) const {
  const std::string input = input_of(header, claims);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  const std::string digest = alg == "EdDSA" ? "" : "SHA" + alg.substr(2);
  must(EVP_DigestSignInit_ex(context, &parameters, digest.empty() ? nullptr : digest.c_str(),
                             nullptr, nullptr, raw(key_), nullptr) == 1,
       "sign");
  if (alg.starts_with("PS"))
    must(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1,
         "PSS");
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  must(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                      reinterpret_cast<const unsigned char*>(input.data()), input.size()) == 1,
       "sign");
  EVP_MD_CTX_free(context);
  signature.resize(size);
  if (const std::size_t half = half_of(alg); half > 0) signature = two_numbers(signature, half);
  return input + "." + base64url(signature);
}

std::string SigningKey::token(const json& claims) const {
  json header = {{"alg", alg_}, {"typ", "at+jwt"}};
  if (!kid_.empty()) header["kid"] = kid_;
  return sign(header, claims, alg_);
}

json jwks_of(const std::vector<SigningKey>& keys) {
  json out = {{"keys", json::array()}};
  for (const SigningKey& key : keys) out["keys"].push_back(key.jwk());
  return out;
}

std::string hmac_token(const json& header, const json& claims, const std::string& secret) {
  const std::string input = input_of(header, claims);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &size);
  return input + "." + base64url(std::string(reinterpret_cast<char*>(mac), size));
}

}  // namespace govhost::test
