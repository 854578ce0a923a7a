#include "core/base64.h"

#include <array>
#include <cstdint>

namespace govhost {
namespace {

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrl[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> reverse(const char* alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNone);
  for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<unsigned char>(alphabet[i])] = i;
  return table;
}

constexpr auto kFromStandard = reverse(kStandard);
constexpr auto kFromUrl = reverse(kUrl);

std::string encode(std::string_view bytes, const char* alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8u | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += alphabet[bits >> static_cast<unsigned>(held) & 63u];
    }
  }
  if (held > 0) out += alphabet[bits << static_cast<unsigned>(6 - held) & 63u];
  return out;
}

std::optional<std::string> decode(std::string_view text,
                                  const std::array<std::uint8_t, 256>& table) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::uint8_t value = table[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    bits = bits << 6u | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 255u);
  }
  if ((bits & ((1u << held) - 1u)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out = encode(bytes, kStandard);
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, kUrl); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("=="))
    text.remove_suffix(2);
  else if (text.ends_with('='))
    text.remove_suffix(1);
  return decode(text, kFromStandard);
}

std::optional<std::string> from_base64url(std::string_view text) { return decode(text, kFromUrl); }

}  // namespace govhost
