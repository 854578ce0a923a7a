#include "core/ed25519.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <new>

#include "core/digest.h"

namespace govhost {
namespace {

constexpr std::size_t kSignature = 64;

using Read = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

// A key with a passphrase fails instead of asking for it on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

std::shared_ptr<void> read_pem(std::string_view pem, Read read) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  if (!bio) throw std::bad_alloc();
  EVP_PKEY* const key = read(bio.get(), nullptr, no_passphrase, nullptr);
  ERR_clear_error();
  if (key == nullptr) return nullptr;
  std::shared_ptr<void> owner(key, [](void* k) { EVP_PKEY_free(static_cast<EVP_PKEY*>(k)); });
  return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? owner : nullptr;
}

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Context new_context() {
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context) throw std::bad_alloc();
  return context;
}

const unsigned char* data_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

VerifyKey::VerifyKey(std::shared_ptr<void> key) : key_(std::move(key)) {
  std::array<unsigned char, 32> raw{};
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(static_cast<EVP_PKEY*>(key_.get()), raw.data(), &size);
  id_ = to_hex(sha256({reinterpret_cast<const char*>(raw.data()), size})).substr(0, 16);
}

gov::Result<VerifyKey> VerifyKey::from_pem(std::string_view pem) {
  auto key = read_pem(pem, PEM_read_bio_PUBKEY);
  if (!key)
    return gov::invalid(
        "is no Ed25519 public key in PEM; make one with `openssl pkey -in KEY.pem -pubout`");
  return VerifyKey(std::move(key));
}

std::string VerifyKey::to_pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  char* text = nullptr;
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), static_cast<EVP_PKEY*>(key_.get())) != 1)
    throw std::bad_alloc();  // the only way it can fail
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio.get(), &text));
  return {text, size};
}

bool VerifyKey::verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignature) return false;
  const Context context = new_context();
  const bool good = EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                                         static_cast<EVP_PKEY*>(key_.get())) == 1 &&
                    EVP_DigestVerify(context.get(), data_of(signature), signature.size(),
                                     data_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

gov::Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  auto key = read_pem(pem, PEM_read_bio_PrivateKey);
  if (!key)
    return gov::invalid(
        "is no Ed25519 private key in PEM without a passphrase; make one with "
        "`openssl genpkey -algorithm ed25519`");
  return SigningKey(std::move(key));
}

std::string SigningKey::sign(std::string_view message) const {
  const Context context = new_context();
  std::string signature(kSignature, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         static_cast<EVP_PKEY*>(key_.get())) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     data_of(message), message.size()) != 1)
    throw std::bad_alloc();  // the only way it can fail with a key of this type
  return signature;
}

}  // namespace govhost
