#include "tokenizer.h"

#include "letters.h"

namespace search_common {
namespace {

constexpr char32_t kHyphen = 0x2010, kUnbrokenHyphen = 0x2011, kTypographicApostrophe = 0x2019;

// The lower-case form of an ASCII letter or digit, 0 for all other bytes.
constexpr std::array<char, 256> make_ascii() {
  std::array<char, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = static_cast<char>(c);
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = static_cast<char>(c);
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = static_cast<char>(c - 'A' + 'a');
  return table;
}
constexpr std::array<char, 256> kAscii = make_ascii();

char lower_ascii(char c) { return kAscii[static_cast<unsigned char>(c)]; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

const Token* Tokenizer::next() {
  if (token_next_ == token_count_ && !read_run()) return nullptr;
  return &tokens_[token_next_++];
}

bool Tokenizer::read_run() {
  while (at_ < source_.size() && !word_starts_at(at_))
    at_ += is_ascii(source_[at_]) ? 1 : decode(source_, at_).size;
  if (at_ >= source_.size()) return false;

  lower_size_ = part_count_ = 0;
  for (;;) {
    parts_[part_count_++] = read_word();
    std::uint32_t size = 0;
    const char connector = connector_at(at_, size);
    if (!connector || part_count_ == kMaxParts || !word_starts_at(at_ + size)) break;
    parts_[part_count_ - 1].connector = connector;
    lower_[lower_size_++] = connector;
    at_ += size;
  }
  queue_run();
  return true;
}

Tokenizer::Part Tokenizer::read_word() {
  Part word{at_, at_, lower_size_, lower_size_, false, 0};
  while (at_ < source_.size() && lower_size_ - word.lower_begin < kMaxWordBytes) {
    const char c = source_[at_];
    if (const char lower = lower_ascii(c)) {
      word.has_digit |= lower <= '9';
      lower_[lower_size_++] = lower;
      ++at_;
    } else if (is_ascii(c) ? c != '\'' || !skip_apostrophe() : !read_letter(word.lower_begin)) {
      break;
    }
    // A letter that stands alone ends the word even when more of them follow.
    if (!is_ascii(c) && stands_alone(decode(source_, word.begin).value)) break;
  }
  word.end = at_;
  word.lower_end = lower_size_;
  return word;
}

// Takes a letter beyond ASCII, or an apostrophe inside a word.
bool Tokenizer::read_letter(std::uint32_t word_begin) {
  const CodePoint c = decode(source_, at_);
  if (c.value == kTypographicApostrophe) return skip_apostrophe();
  if (!is_letter(c.value)) return false;
  if (stands_alone(c.value) && lower_size_ > word_begin) return false;
  lower_size_ += encode(to_lower(c.value), &lower_[lower_size_]);
  at_ += c.size;
  return true;
}

bool Tokenizer::skip_apostrophe() {
  const std::uint32_t size = decode(source_, at_).size;
  if (!word_starts_at(at_ + size)) return false;
  at_ += size;
  return true;
}

bool Tokenizer::word_starts_at(std::size_t at) const {
  if (at >= source_.size()) return false;
  if (is_ascii(source_[at])) return lower_ascii(source_[at]) != 0;
  return is_letter(decode(source_, at).value);
}

char Tokenizer::connector_at(std::size_t at, std::uint32_t& size) const {
  if (at >= source_.size()) return 0;
  size = 1;
  switch (source_[at]) {
    case '-':
    case '.':
    case '_':
    case '/':
    case ':': return source_[at];
    default: break;
  }
  if (is_ascii(source_[at])) return 0;
  const CodePoint c = decode(source_, at);
  size = c.size;
  return c.value == kHyphen || c.value == kUnbrokenHyphen ? '-' : 0;
}

void Tokenizer::queue_run() {
  token_next_ = token_count_ = 0;
  std::uint32_t group = 0;  // first part of the compound between two slashes
  bool grouped = false;
  for (std::uint32_t i = 0; i + 1 < part_count_; ++i) grouped |= parts_[i].connector == '/';
  if (grouped) queue(0, part_count_);
  for (std::uint32_t i = 0; i < part_count_; ++i) {
    if (parts_[i].connector && parts_[i].connector != '/') continue;
    if (i > group) queue(group, i + 1);
    for (; group <= i; ++group) queue(group, group + 1);
  }
  words_ += part_count_;
}

// Queues the parts [first, last) as one token, unless they are too long for a compound.
void Tokenizer::queue(std::uint32_t first, std::uint32_t last) {
  const std::uint32_t begin = parts_[first].lower_begin, end = parts_[last - 1].lower_end;
  if (last - first > 1 && end - begin > kMaxWordBytes) return;
  Token& token = tokens_[token_count_++];
  token = {{&lower_[begin], end - begin},
           parts_[first].begin,
           parts_[last - 1].end,
           words_ + first,
           last - first,
           false};
  for (std::uint32_t i = first; i < last; ++i) token.has_digit |= parts_[i].has_digit;
}

}  // namespace search_common
