// Cuts text into the words that the index and the queries are made of.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace search_common {

// A longer word is cut into pieces of this many bytes; a longer compound is known by its parts
// only.
inline constexpr std::uint32_t kMaxWordBytes = 64;

struct Token {
  std::string_view text;     // lower case, without apostrophes; valid until the next next()
  std::uint32_t begin, end;  // bytes of the source
  std::uint32_t position;    // counts single words; a compound stands where its first word does
  std::uint32_t words;       // of a compound: how many it joins; else 1
  bool has_digit;
};

// Words are letters and digits. Words joined by one of - . _ / : make a compound, which comes
// before its parts: "c3-s2-a14", "c3", "s2", "a14". Across '/' the compounds between come as well:
// "ac-1/ac-2", "ac-1", "ac", "1", "ac-2", "ac", "2". Linear time, no allocation; bytes that are not
// UTF-8 separate words. One thread at a time; the source must outlive it.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source) : source_(source) {}

  const Token* next();                            // nullptr at the end
  std::uint32_t words() const { return words_; }  // single words seen so far

 private:
  // A run is what connectors hold together. A compound of more parts would exceed kMaxWordBytes.
  static constexpr std::uint32_t kMaxParts = kMaxWordBytes / 2;

  struct Part {
    std::uint32_t begin, end;              // of source_
    std::uint32_t lower_begin, lower_end;  // of lower_
    bool has_digit;
    char connector;  // behind it; 0: none
  };

  bool read_run();
  Part read_word();
  bool read_letter(std::uint32_t word_begin);
  bool skip_apostrophe();
  bool word_starts_at(std::size_t at) const;
  char connector_at(std::size_t at, std::uint32_t& size) const;
  void queue_run();
  void queue(std::uint32_t first, std::uint32_t last);

  std::string_view source_;
  std::uint32_t at_ = 0;
  std::uint32_t words_ = 0;
  std::uint32_t lower_size_ = 0, part_count_ = 0, token_count_ = 0, token_next_ = 0;
  // Not initialised: only what was written is read. A word may end one code point past its bound.
  std::array<char, kMaxParts*(kMaxWordBytes + 4 + 1)> lower_;
  std::array<Part, kMaxParts> parts_;
  std::array<Token, 2 * kMaxParts> tokens_;
};

}  // namespace search_common
