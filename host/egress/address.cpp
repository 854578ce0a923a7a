#include "egress/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace govhost::egress {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Address mapped(const std::uint8_t* ipv4) {
  Address out{};
  std::copy(kMapped.begin(), kMapped.end(), out.begin());
  std::copy(ipv4, ipv4 + 4, out.begin() + 12);
  return out;
}

bool shares(const Address& a, const Address& b, unsigned bits) {
  const unsigned whole = bits / 8;
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffu << (8 - bits % 8));
  return ((a[whole] ^ b[whole]) & mask) == 0;
}

// The special-purpose registries of IANA, without those that are globally reachable.
const std::vector<std::string>& special() {
  static const std::vector<std::string> kAll = {
      "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
      "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
      "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"};
  return kAll;
}

bool is_public_ipv4(const Address& address) {
  static const Networks kSpecial = *Networks::parse(special());
  return !kSpecial.contain(address);
}

}  // namespace

bool to_address(const sockaddr& from, Address& out) {
  if (from.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &from, sizeof in);
    out = mapped(reinterpret_cast<const std::uint8_t*>(&in.sin_addr));
    return true;
  }
  if (from.sa_family != AF_INET6) return false;
  sockaddr_in6 in{};
  std::memcpy(&in, &from, sizeof in);
  std::memcpy(out.data(), &in.sin6_addr, out.size());
  return true;
}

bool to_address(std::string_view text, Address& out) {
  const std::string copy(text);
  std::uint8_t ipv4[4];
  if (::inet_pton(AF_INET, copy.c_str(), ipv4) == 1) {
    out = mapped(ipv4);
    return true;
  }
  return ::inet_pton(AF_INET6, copy.c_str(), out.data()) == 1;
}

bool is_public(const Address& address) {
  if (std::equal(kMapped.begin(), kMapped.end(), address.begin())) return is_public_ipv4(address);
  // 2000::/3 is all that is assigned to global unicast; the rest is loopback, local, multicast.
  if ((address[0] & 0xe0u) != 0x20u) {
    static const Networks kNat64 = *Networks::parse({"64:ff9b::/96"});  // RFC 6052
    return kNat64.contain(address) && is_public_ipv4(mapped(address.data() + 12));
  }
  static const Networks kSpecial = *Networks::parse({"2001::/23", "2001:db8::/32", "3fff::/20"});
  static const Networks k6to4 = *Networks::parse({"2002::/16"});  // RFC 3056
  if (k6to4.contain(address)) return is_public_ipv4(mapped(address.data() + 2));
  return !kSpecial.contain(address);
}

gov::Result<Networks> Networks::parse(const std::vector<std::string>& texts) {
  Networks out;
  for (const std::string& text : texts) {
    Network network;
    const std::size_t slash = text.find('/');
    const bool v4 = text.find(':') == std::string::npos;
    const unsigned most = v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string::npos) {
      const char* const end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc() || stop != end) bits = most + 1;
    }
    if (bits > most || !to_address(text.substr(0, slash), network.prefix))
      return gov::invalid("\"" + text + "\" is no network such as 10.0.0.0/8 or fd00::/8");
    network.bits = v4 ? bits + 96 : bits;
    out.all_.push_back(network);
  }
  return out;
}

bool Networks::contain(const Address& address) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Network& network) {
    return shares(address, network.prefix, network.bits);
  });
}

}  // namespace govhost::egress
