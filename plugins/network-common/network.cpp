#include "network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace {

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96
constexpr AddressBytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<AddressBytes> address_bytes(std::string_view host) {
  char text[INET6_ADDRSTRLEN] = {};  // with an end, which inet_pton wants
  if (host.empty() || host.size() >= sizeof text) return std::nullopt;
  host.copy(text, host.size());
  AddressBytes out{};
  if (inet_pton(AF_INET6, text, out.data()) == 1) return out;
  out = kMapped;
  if (inet_pton(AF_INET, text, out.data() + kMappedBits / 8) == 1) return out;
  return std::nullopt;
}

bool is_ipv4(const AddressBytes& bytes) {
  return std::equal(bytes.begin(), bytes.begin() + kMappedBits / 8, kMapped.begin());
}

std::string_view host_of(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  const std::size_t colon = address.find(':');
  // Of IPv6 without brackets all colons are its own.
  return address.find(':', colon + 1) == std::string_view::npos ? address.substr(0, colon)
                                                                : address;
}

std::optional<Network> Network::parse(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const auto base = address_bytes(address);
  if (!base) return std::nullopt;
  const unsigned before = address.find(':') == address.npos ? kMappedBits : 0;
  Network out;
  out.base_ = *base;
  out.bits_ = 128;
  if (slash == text.npos) return out;
  const char* const begin = text.data() + slash + 1;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(begin, end, out.bits_);
  if (begin == end || fault != std::errc() || stop != end || out.bits_ > 128 - before)
    return std::nullopt;
  out.bits_ += before;
  return out;
}

bool Network::holds(std::string_view address) const {
  const auto bytes = address_bytes(host_of(address));
  if (!bytes) return false;
  const unsigned whole = bits_ / 8, rest = bits_ % 8;
  if (std::memcmp(bytes->data(), base_.data(), whole) != 0) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffu << (8 - rest));
  return ((*bytes)[whole] & mask) == (base_[whole] & mask);
}
