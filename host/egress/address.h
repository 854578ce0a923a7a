// Which addresses outgoing connections may lead to. A name that an operator granted may resolve to
// the metadata service of the cloud or to a neighbour inside the bank (server-side request
// forgery), so the address that is connected to is what is checked.
#pragma once

#include <gov/status.hpp>

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::egress {

// As IPv6; an IPv4 address is mapped (RFC 4291, 2.5.5.2).
using Address = std::array<std::uint8_t, 16>;

// nullopt-like: false for another family or text.
bool to_address(const sockaddr& from, Address& out);
bool to_address(std::string_view text, Address& out);

// Global unicast, by the special-purpose registries (RFC 6890): not private, loopback, link-local
// (169.254.169.254 is there), shared, documentation, benchmark, multicast or reserved; nor one that
// carries such an IPv4 address (NAT64, 6to4).
bool is_public(const Address& address);

// "10.0.0.0/8", "fd00::/8", or a single address.
class Networks {
 public:
  static gov::Result<Networks> parse(const std::vector<std::string>& texts);
  bool contain(const Address& address) const;

 private:
  struct Network {
    Address prefix{};
    unsigned bits = 0;
  };
  std::vector<Network> all_;
};

}  // namespace govhost::egress
