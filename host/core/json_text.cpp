#include "core/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace govhost {
namespace {

// 0: copy as it is; otherwise the letter after the backslash, 'u' for a numeric escape. 0xE2 is the
// lead byte of U+2028 and U+2029 and needs a look.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b', table['\t'] = 't', table['\n'] = 'n', table['\f'] = 'f', table['\r'] = 'r';
  table['"'] = '"', table['\\'] = '\\';
  table[0x7F] = 'u';
  table[0xE2] = '?';
  return table;
}();

// Whether eight bytes are all printable ASCII that JSON takes as it is: most of what is written.
bool all_plain(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHigh = kOnes * 0x80u;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const auto holds = [word](unsigned char c) {
    const std::uint64_t zero_where_c = word ^ (kOnes * c);
    return (zero_where_c - kOnes) & ~zero_where_c;
  };
  const std::uint64_t below_space = word - kOnes * 0x20u;
  return ((word | below_space | holds('"') | holds('\\') | holds(0x7F)) & kHigh) == 0;
}

}  // namespace

bool is_plain(std::string_view text) {
  constexpr std::size_t kWord = 8;
  if (text.size() < kWord)
    return std::all_of(text.begin(), text.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x80 && kEscapes[byte] == 0;
    });
  for (std::size_t i = 0; i + kWord <= text.size(); i += kWord)
    if (!all_plain(text.data() + i)) return false;
  return all_plain(text.data() + text.size() - kWord);
}

void append_json_escaped(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i + 8 <= text.size() && all_plain(text.data() + i)) i += 8;
    if (i == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    if (escape == '?') {
      const bool separator = i + 2 < text.size() && text[i + 1] == '\x80' &&
                             (text[i + 2] == '\xA8' || text[i + 2] == '\xA9');
      if (!separator) continue;
      out.append(text, copied, i - copied);
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
      copied = i + 1;
      continue;
    }
    out.append(text, copied, i - copied);
    copied = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out += "00";
      out += kDigits[byte >> 4u];
      out += kDigits[byte & 15u];
    }
  }
  out.append(text, copied, text.size() - copied);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  // Names, ids and log fields nearly always are.
  if (text.size() <= 128 && is_plain(text))
    out += text;
  else
    append_json_escaped(out, text);
  out += '"';
}

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_json_key(std::string& out, std::string_view name) {
  out += '"';
  out += name;
  out += "\":";
}

}  // namespace govhost
