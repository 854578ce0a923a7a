#include "signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace jwt {
namespace {

struct Algorithm {
  std::string_view name;
  const char* digest;  // null: the key's own
  bool pss;
  std::size_t half;  // of a signature of two numbers (ES*); 0: of one
};
constexpr Algorithm kAlgorithms[] = {{"RS256", "SHA256", false, 0},  {"RS384", "SHA384", false, 0},
                                     {"RS512", "SHA512", false, 0},  {"PS256", "SHA256", true, 0},
                                     {"PS384", "SHA384", true, 0},   {"PS512", "SHA512", true, 0},
                                     {"ES256", "SHA256", false, 32}, {"ES384", "SHA384", false, 48},
                                     {"ES512", "SHA512", false, 66}, {"EdDSA", nullptr, false, 0}};

const Algorithm* find(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms),
                                         [&](const Algorithm& a) { return a.name == name; });
  return found == std::end(kAlgorithms) ? nullptr : found;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeSignature {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// From the two numbers of RFC 7518, 3.4 to DER; empty when they are not of the right size.
std::string der_of(const std::string& raw, std::size_t half) {
  if (raw.size() != 2 * half) return {};
  const std::unique_ptr<ECDSA_SIG, FreeSignature> signature(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(octets(raw), static_cast<int>(half), nullptr);
  BIGNUM* const s = BN_bin2bn(octets(raw) + half, static_cast<int>(half), nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

bool set_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

bool is_known_algorithm(std::string_view alg) { return find(alg) != nullptr; }

bool verify(const Key& key, std::string_view alg, std::string_view input,
            const std::string& signature) {
  const Algorithm* const algorithm = find(alg);
  if (algorithm == nullptr) return false;
  const std::string bytes = algorithm->half > 0 ? der_of(signature, algorithm->half) : signature;
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const bool good = !bytes.empty() && context &&
                    EVP_DigestVerifyInit_ex(context.get(), &parameters, algorithm->digest, nullptr,
                                            nullptr, key.key.get(), nullptr) == 1 &&
                    (!algorithm->pss || set_pss(parameters)) &&
                    EVP_DigestVerify(context.get(), octets(bytes), bytes.size(), octets(input),
                                     input.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace jwt
