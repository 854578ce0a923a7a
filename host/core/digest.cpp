#include "core/digest.h"

#include <openssl/evp.h>

#include <new>

namespace govhost {

struct Sha256::State {
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(ctx); }
};

namespace {

// EVP_sha256() would be looked up among the providers by each use anew (crypto(7), "Performance").
// Never freed: it is used until the process ends.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->ctx || EVP_DigestInit_ex(state_->ctx, sha256_method(), nullptr) != 1)
    throw std::bad_alloc();  // the only way it can fail
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->ctx, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest digest{};
  EVP_DigestFinal_ex(state_->ctx, digest.data(), nullptr);
  return digest;
}

// Making a context costs more than the digest of a short text.
Digest sha256(std::string_view bytes) {
  struct Context {
    EVP_MD_CTX* raw = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(raw); }
  };
  static thread_local const Context context;
  Digest digest{};
  if (!context.raw || EVP_DigestInit_ex(context.raw, sha256_method(), nullptr) != 1 ||
      EVP_DigestUpdate(context.raw, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.raw, digest.data(), nullptr) != 1)
    throw std::bad_alloc();  // the only way it can fail
  return digest;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  char* to = out.data();
  for (const std::uint8_t b : bytes) {
    *to++ = kDigits[b >> 4u];
    *to++ = kDigits[b & 15u];
  }
  return out;
}

}  // namespace govhost
