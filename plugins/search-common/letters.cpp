#include "letters.h"

#include <algorithm>
#include <iterator>

namespace search_common {
namespace {

struct Block {
  char32_t first, last;
};

// Above U+00BF, ascending.
constexpr Block kNoLetters[] = {
    {0x00D7, 0x00D7}, {0x00F7, 0x00F7}, {0x2000, 0x209F},   {0x20A0, 0x20CF},
    {0x2100, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004},   {0x3008, 0x3020},
    {0xD800, 0xF8FF}, {0xFE00, 0xFE1F}, {0xFE30, 0xFE6F},   {0xFEFF, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

// Kana, Han and their extensions, ascending.
constexpr Block kNoBlanks[] = {
    {0x0E00, 0x0EFF}, {0x3040, 0x30FF}, {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF},
};

template <std::size_t N>
bool within(const Block (&blocks)[N], char32_t c) {
  const Block* const block =
      std::lower_bound(std::begin(blocks), std::end(blocks), c,
                       [](const Block& b, char32_t x) { return b.last < x; });
  return block != std::end(blocks) && block->first <= c;
}

}  // namespace

CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead <= 0xDF && follows(1))
    return {(lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu), 2};
  if ((lead & 0xF0u) == 0xE0u && follows(1) && follows(2)) {
    const char32_t c = (lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) return {c, 3};
  }
  if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3)) {
    const char32_t c =
        (lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    if (c >= 0x10000 && c <= 0x10FFFF) return {c, 4};
  }
  return {kNotUtf8, 1};
}

std::uint32_t encode(char32_t c, char* out) {
  const auto put = [&](std::uint32_t i, char32_t bits) { out[i] = static_cast<char>(bits); };
  const auto tail = [&](int shift) { return 0x80u | (c >> shift & 0x3Fu); };
  if (c < 0x80) {
    put(0, c);
    return 1;
  }
  if (c < 0x800) {
    put(0, 0xC0u | c >> 6), put(1, tail(0));
    return 2;
  }
  if (c < 0x10000) {
    put(0, 0xE0u | c >> 12), put(1, tail(6)), put(2, tail(0));
    return 3;
  }
  put(0, 0xF0u | c >> 18), put(1, tail(12)), put(2, tail(6)), put(3, tail(0));
  return 4;
}

bool is_letter(char32_t c) {
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  return c <= 0x10FFFF && !within(kNoLetters, c);
}

bool stands_alone(char32_t c) { return c >= 0x0E00 && within(kNoBlanks, c); }

char32_t to_lower(char32_t c) {
  if (c < 0xC0 || c > 0x17F) return c;
  if (c <= 0xDE) return c == 0xD7 ? c : c + 32;
  if (c < 0x100) return c;
  if (c == 0x130) return U'i';  // has no single lower-case letter; as in Turkish titles
  if (c == 0x178) return 0xFF;
  if (c == 0x17F) return U's';
  if (c == 0x131 || c == 0x138 || c == 0x149) return c;
  const bool capital_is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  return ((c & 1u) == 1u) == capital_is_odd ? c + 1 : c;
}

}  // namespace search_common
