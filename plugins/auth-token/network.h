// Networks that a token may come from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// "10.1.0.0/16", "2001:db8::/32", "192.0.2.7".
class Network {
 public:
  static std::optional<Network> parse(const std::string& text);
  // `address` as transports give it: "192.0.2.7:4711", "[2001:db8::1]:4711".
  bool holds(std::string_view address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 mapped into IPv6
  static std::optional<Bytes> bytes_of(const std::string& address);

  Bytes base_{};
  unsigned bits_ = 0;
};
