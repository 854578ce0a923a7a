#include "config/nesting.h"

#include <algorithm>

namespace govhost::config {
namespace {

// Skips strings and comments, counts the rest.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<std::size_t> scan() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      if (!count(c)) return line_;
      ++at_;
    }
    return std::nullopt;
  }

 private:
  bool count(char c) {
    if (c == '\n') ++line_;
    if (c == '.') return ++dots_ < kMaxNesting;
    if (c == '[' || c == '{') ++depth_;
    if ((c == ']' || c == '}') && depth_ > 0) --depth_;
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots_ = 0;
    return depth_ <= kMaxNesting;
  }

  void skip_string(char quote) {
    const bool multi_line =
        text_.substr(at_, 3) == std::string_view(quote == '"' ? "\"\"\"" : "'''");
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        if (!multi_line) return;  // not terminated: the parser says so
        ++line_;
      }
      if (c == quote && (!multi_line || run(quote) >= 3)) {
        // Up to two quotes may stand directly before the closing three.
        at_ += multi_line ? std::min<std::size_t>(run(quote), 5) : 1;
        return;
      }
      at_ += c == '\\' && quote == '"' && text_.substr(at_ + 1, 1) != "\n" ? 2 : 1;
    }
  }

  std::size_t run(char quote) const {
    std::size_t n = 0;
    while (at_ + n < text_.size() && text_[at_ + n] == quote) ++n;
    return n;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t depth_ = 0;
  std::size_t dots_ = 0;
};

}  // namespace

std::optional<std::size_t> find_excessive_nesting(std::string_view toml) {
  return Scanner(toml).scan();
}

}  // namespace govhost::config
