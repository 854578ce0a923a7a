// Numbers in seven bits a byte, least significant first; the top bit says that more follow.
#pragma once

#include <cstdint>
#include <vector>

namespace memory_search {

inline void put_varint(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Reads what put_varint() wrote; the bytes are our own, so they are not checked.
inline std::uint32_t take_varint(const std::uint8_t*& p) {
  std::uint32_t value = *p++;
  if (value < 0x80) [[likely]]
    return value;
  value &= 0x7F;
  for (int shift = 7;; shift += 7) {
    const std::uint32_t byte = *p++;
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

}  // namespace memory_search
