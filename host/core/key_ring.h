// Texts that this server hands out and must recognise when they come back: session ids, cursors,
// the state of a call. Nothing is kept for them, so any replica with the same keys accepts them,
// and they survive a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace govhost {

// Authenticates with HMAC-SHA-256 (RFC 2104); does not hide the payload. Immutable, thread-safe.
class KeyRing {
 public:
  static constexpr std::size_t kMinKey = 16;  // bytes

  // The first key seals, all of them open, so that a key can be replaced without breaking what is
  // in clients' hands. Without any, a random key that lives as long as the process.
  explicit KeyRing(std::vector<std::string> keys = {});

  // "<payload>.<tag>" in characters that need no escaping in a header, a URL or JSON. What is
  // sealed for one purpose does not open for another.
  std::string seal(std::string_view purpose, std::string_view payload) const;

  // The payload; nullopt for a text that no key of the ring has sealed for this purpose.
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace govhost
