// Networks and the addresses in them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// IPv4 is mapped into IPv6, so that one client has one address.
using AddressBytes = std::array<std::uint8_t, 16>;

// Of "192.0.2.7", "2001:db8::1". nullopt: it is no address.
std::optional<AddressBytes> address_bytes(std::string_view host);
bool is_ipv4(const AddressBytes& bytes);

// "192.0.2.7:4711", "[2001:db8::1]:4711", with or without port and brackets: the host alone.
std::string_view host_of(std::string_view address);

// "10.1.0.0/16", "2001:db8::/32", "192.0.2.7".
class Network {
 public:
  static std::optional<Network> parse(const std::string& text);
  // `address` as for host_of().
  bool holds(std::string_view address) const;

 private:
  AddressBytes base_{};
  unsigned bits_ = 0;
};
