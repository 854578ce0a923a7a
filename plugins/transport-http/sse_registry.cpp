#include "sse_registry.h"

#include <sys/random.h>

#include <array>

namespace transport_http {
namespace {

std::string random_key() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bits{};
  std::string key;
  if (getentropy(bits.data(), bits.size()) != 0) return key;
  for (const unsigned char byte : bits) {
    key += kDigits[byte >> 4u];
    key += kDigits[byte & 15u];
  }
  return key;
}

}  // namespace

std::string SseRegistry::open(SseAddress address) {
  std::string key = random_key();
  if (key.empty()) return key;
  const std::lock_guard lock(mutex_);
  streams_.emplace(key, address);
  return key;
}

void SseRegistry::close(const std::string& key) {
  const std::lock_guard lock(mutex_);
  streams_.erase(key);
}

std::optional<SseAddress> SseRegistry::find(std::string_view key) const {
  const std::string name(key);
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(name);
  if (found == streams_.end()) return std::nullopt;
  return found->second;
}

}  // namespace transport_http
