#include "core/key_ring.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base64.h"
#include "core/random.h"

namespace govhost {
namespace {

constexpr std::size_t kTag = 16;  // bytes; RFC 2104, 5: at least half of the hash

std::string tag_of(const std::string& key, std::string_view purpose, std::string_view payload) {
  // The length in front keeps ("ab", "c") and ("a", "bc") apart.
  std::string text = std::to_string(purpose.size()) + ':' + std::string(purpose);
  text += payload;
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), kTag};
}

}  // namespace

KeyRing::KeyRing(std::vector<std::string> keys) : keys_(std::move(keys)) {
  if (!keys_.empty()) return;
  std::array<std::uint8_t, 32> random{};
  random_bytes(random);
  keys_.emplace_back(random.begin(), random.end());
}

std::string KeyRing::seal(std::string_view purpose, std::string_view payload) const {
  return to_base64url(payload) + '.' + to_base64url(tag_of(keys_.front(), purpose, payload));
}

std::optional<std::string> KeyRing::open(std::string_view purpose, std::string_view sealed) const {
  const std::size_t dot = sealed.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  auto payload = from_base64url(sealed.substr(0, dot));
  const auto tag = from_base64url(sealed.substr(dot + 1));
  if (!payload || !tag || tag->size() != kTag) return std::nullopt;
  const bool good = std::any_of(keys_.begin(), keys_.end(), [&](const std::string& key) {
    return CRYPTO_memcmp(tag_of(key, purpose, *payload).data(), tag->data(), kTag) == 0;
  });
  return good ? std::move(payload) : std::nullopt;
}

}  // namespace govhost
