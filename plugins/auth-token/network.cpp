#include "network.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace {

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96

}  // namespace

std::optional<Network::Bytes> Network::bytes_of(const std::string& address) {
  Bytes out{};
  if (inet_pton(AF_INET6, address.c_str(), out.data()) == 1) return out;
  out = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, address.c_str(), out.data() + kMappedBits / 8) == 1) return out;
  return std::nullopt;
}

std::optional<Network> Network::parse(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const auto base = bytes_of(address);
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
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto bytes = bytes_of(std::string(host));
  if (!bytes) return false;
  const unsigned whole = bits_ / 8, rest = bits_ % 8;
  if (std::memcmp(bytes->data(), base_.data(), whole) != 0) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffu << (8 - rest));
  return ((*bytes)[whole] & mask) == (base_[whole] & mask);
}
