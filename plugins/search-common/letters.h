// Code points of UTF-8 text: which ones make words, and their lower-case form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace search_common {

inline constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

struct CodePoint {
  char32_t value;      // kNotUtf8 for a byte that starts no valid sequence (RFC 3629)
  std::uint32_t size;  // bytes; 1 for kNotUtf8, so that a reader always advances
};

// The code point at `at`, which must be inside the text.
CodePoint decode(std::string_view text, std::size_t at);

// Writes the code point as UTF-8 and returns the bytes used, at most 4.
std::uint32_t encode(char32_t c, char* out);

// Whether a code point above U+007F belongs to words. Without tables of the whole of Unicode:
// everything does but the blocks of punctuation, symbols, pictographs and private use.
bool is_letter(char32_t c);

// Scripts written without blanks between words: each of their letters is a word of its own.
bool stands_alone(char32_t c);

// Lower case in Latin-1 and Latin Extended-A; all others as they are.
char32_t to_lower(char32_t c);

}  // namespace search_common
