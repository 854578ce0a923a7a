#include "key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base64url.h"

namespace jwt {
namespace {

using nlohmann::json;

constexpr int kLeastRsaBits = 2048, kMostRsaBits = 8192;

template <auto Free>
struct With {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Number = std::unique_ptr<BIGNUM, With<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, With<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, With<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, With<EVP_PKEY_CTX_free>>;

struct Curve {
  std::string_view jwk;
  const char* openssl;
  const char* alg;
  std::size_t bytes;
};
constexpr Curve kCurves[] = {{"P-256", "prime256v1", "ES256", 32},
                             {"P-384", "secp384r1", "ES384", 48},
                             {"P-521", "secp521r1", "ES512", 66}};

std::optional<std::string> bytes_in(const json& jwk, const char* name) {
  const auto found = jwk.find(name);
  if (found == jwk.end() || !found->is_string()) return std::nullopt;
  return decode_base64url(found->get_ref<const std::string&>());
}

const unsigned char* octets(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

PublicKey own(EVP_PKEY* key) { return PublicKey(key, FreeKey()); }

PublicKey make(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  PublicKey made = own(key);
  // A point that is not on its curve, a modulus without sense.
  const Context check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? made : nullptr;
}

PublicKey rsa_key(const json& jwk) {
  const auto n = bytes_in(jwk, "n"), e = bytes_in(jwk, "e");
  if (!n || !e || n->size() > kMostRsaBits / 8 || e->size() > 8) return nullptr;
  const Number modulus(BN_bin2bn(octets(*n), static_cast<int>(n->size()), nullptr));
  const Number exponent(BN_bin2bn(octets(*e), static_cast<int>(e->size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) ||
      !OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()))
    return nullptr;
  return make("RSA", builder.get());
}

PublicKey ec_key(const json& jwk) {
  const std::string name = jwk.value("crv", "");
  const auto* const curve = std::find_if(std::begin(kCurves), std::end(kCurves),
                                         [&](const Curve& c) { return c.jwk == name; });
  const auto x = bytes_in(jwk, "x"), y = bytes_in(jwk, "y");
  if (curve == std::end(kCurves) || !x || !y || x->size() != curve->bytes ||
      y->size() != curve->bytes)
    return nullptr;
  const std::string point = "\x04" + *x + *y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->openssl,
                                       0) ||
      !OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()))
    return nullptr;
  return make("EC", builder.get());
}

PublicKey ed25519_key(const json& jwk) {
  constexpr std::size_t kBytes = 32;
  const auto x = bytes_in(jwk, "x");
  if (jwk.value("crv", "") != "Ed25519" || !x || x->size() != kBytes) return nullptr;
  return own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(*x), x->size()));
}

// Which algorithms a key of this type can be used with (RFC 7518, 3.1, RFC 8037): never HS256,
// whose secret a public key would be.
std::vector<std::string> algs_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA")) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kLeastRsaBits || bits > kMostRsaBits) return {};
    return {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
  }
  if (EVP_PKEY_is_a(key, "ED25519")) return {"EdDSA"};
  if (!EVP_PKEY_is_a(key, "EC")) return {};
  char group[64] = {};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &length) != 1) return {};
  for (const Curve& curve : kCurves)
    if (std::string_view(group, length) == curve.openssl) return {curve.alg};
  return {};
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

gov::Result<Key> key_of_jwk(const json& jwk) {
  if (!jwk.is_object()) return gov::invalid("a key is no object");
  const auto text = [&](const char* name) {
    const auto found = jwk.find(name);
    return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string kid = text("kid"), type = text("kty"), use = text("use"), alg = text("alg");
  if (!use.empty() && use != "sig") return gov::not_mine();
  if (jwk.contains("crv") && !jwk["crv"].is_string()) return gov::invalid("crv is no text");
  const PublicKey key = type == "RSA"   ? rsa_key(jwk)
                        : type == "EC"  ? ec_key(jwk)
                        : type == "OKP" ? ed25519_key(jwk)
                                        : nullptr;
  ERR_clear_error();
  if (!key) return gov::invalid("key '" + kid.substr(0, 64) + "' is not one that can be used");
  std::vector<std::string> algs = algs_of(key.get());
  if (!alg.empty()) {
    if (std::find(algs.begin(), algs.end(), alg) == algs.end())
      return gov::invalid("key '" + kid.substr(0, 64) + "' cannot be used with its alg");
    algs = {alg};
  }
  if (algs.empty())
    return gov::invalid("key '" + kid.substr(0, 64) +
                        "' is too weak or of a kind that is not used");
  return Key{kid, std::move(algs), key};
}

gov::Result<std::vector<Key>> keys_of_pem(const std::string& pem) {
  std::vector<Key> keys;
  const std::unique_ptr<BIO, With<BIO_free_all>> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  for (;;) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) break;
    const std::string type(name);
    const unsigned char* at = data;
    EVP_PKEY* key = nullptr;
    if (type == "PUBLIC KEY") {
      key = d2i_PUBKEY(nullptr, &at, size);
    } else if (type == "CERTIFICATE") {
      const std::unique_ptr<X509, With<X509_free>> certificate(d2i_X509(nullptr, &at, size));
      if (certificate) key = X509_get_pubkey(certificate.get());
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    const PublicKey owned = own(key);
    std::vector<std::string> algs = owned ? algs_of(key) : std::vector<std::string>();
    if (algs.empty())
      return gov::invalid("holds a " + type +
                          " that cannot be used; it takes public keys and certificates of RSA "
                          "(2048 bits and more), P-256, P-384, P-521 and Ed25519");
    keys.push_back({"", std::move(algs), owned});
  }
  ERR_clear_error();
  if (keys.empty()) return gov::invalid("holds no public key in PEM");
  return keys;
}

}  // namespace jwt
