#include "backup/seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <memory>
#include <new>

#include "core/digest.h"
#include "core/random.h"

namespace govhost::backup {
namespace {

constexpr std::size_t kTag = 16;
constexpr std::uint64_t kMemory = std::uint64_t{512} << 20u;  // more than 128 * N * r of the most
// A sealed text of another purpose does not open as this one.
constexpr std::string_view kPurpose = "govhost backup secrets 1";

using Bytes16 = std::array<std::uint8_t, 16>;
using Bytes12 = std::array<std::uint8_t, 12>;

struct Key {
  std::array<unsigned char, 32> bytes{};
  ~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
  Cipher context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  if (!context) throw std::bad_alloc();
  return context;
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t kSize>
bool from_hex(std::string_view text, std::array<std::uint8_t, kSize>& out) {
  if (text.size() != 2 * kSize) return false;
  for (std::size_t i = 0; i < kSize; ++i) {
    const char* const at = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, out[i], 16);
    if (error != std::errc() || end != at + 2) return false;
  }
  return true;
}

gov::Status derive(std::string_view passphrase, const Sealing& how, Key& key) {
  Bytes16 salt{};
  if (!from_hex(how.salt, salt)) return gov::invalid("the salt is not 16 bytes in hex");
  const bool done =
      EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(), how.n,
                     kScryptR, kScryptP, kMemory, key.bytes.data(), key.bytes.size()) == 1;
  ERR_clear_error();
  return done ? gov::Status()
              : gov::unavailable("the key cannot be made of the passphrase: scrypt needs " +
                                 std::to_string(how.n * 128 * kScryptR >> 20u) + " MiB of memory");
}

}  // namespace

gov::Result<std::string> seal(std::string_view text, std::string_view passphrase, Sealing& how) {
  Bytes16 salt{};
  Bytes12 nonce{};
  random_bytes(salt);
  random_bytes(nonce);
  how.salt = to_hex(salt);
  how.nonce = to_hex(nonce);
  Key key;
  if (gov::Status s = derive(passphrase, how, key); !s.ok()) return s;
  const Cipher context = new_cipher();
  std::string out(text.size() + kTag, '\0');
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  const bool good =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(),
                         nonce.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, raw(kPurpose),
                        static_cast<int>(kPurpose.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), to, &size, raw(text), static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), to + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, to + text.size()) == 1;
  ERR_clear_error();
  if (!good) return gov::internal("AES-256-GCM is not available");
  return out;
}

gov::Result<std::string> unseal(std::string_view sealed, std::string_view passphrase,
                                const Sealing& how) {
  Bytes12 nonce{};
  if (sealed.size() < kTag || !from_hex(how.nonce, nonce))
    return gov::invalid("is too short to be sealed");
  Key key;
  if (gov::Status s = derive(passphrase, how, key); !s.ok()) return s;
  const Cipher context = new_cipher();
  const std::string_view text = sealed.substr(0, sealed.size() - kTag);
  std::string tag(sealed.substr(text.size()));
  std::string out(text.size(), '\0');
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  const bool good =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(),
                         nonce.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, raw(kPurpose),
                        static_cast<int>(kPurpose.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), to, &size, raw(text), static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), to + size, &size) == 1;
  ERR_clear_error();
  if (good) return out;
  wipe(out);  // of text that was not authentic
  return gov::unauthenticated("does not open with this passphrase");
}

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace govhost::backup
