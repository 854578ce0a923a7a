#include "token_digest.h"

#include <openssl/evp.h>

#include <new>

namespace auth_common {
namespace {

// SHA256(3) looks the algorithm up among the providers by each use anew: twice the time of the
// digest.
struct Context {
  EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* raw = EVP_MD_CTX_new();
  ~Context() {
    EVP_MD_CTX_free(raw);
    EVP_MD_free(method);
  }
};

}  // namespace

TokenDigest digest_of(std::string_view token) {
  static thread_local const Context context;
  TokenDigest digest{};
  if (!context.raw || EVP_DigestInit_ex(context.raw, context.method, nullptr) != 1 ||
      EVP_DigestUpdate(context.raw, token.data(), token.size()) != 1 ||
      EVP_DigestFinal_ex(context.raw, digest.data(), nullptr) != 1)
    throw std::bad_alloc();  // the only way it can fail
  return digest;
}

}  // namespace auth_common
