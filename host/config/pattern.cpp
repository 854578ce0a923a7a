#include "config/pattern.h"

#include <regex.h>

#include <cctype>
#include <charconv>
#include <utility>

namespace govhost::config {

struct Pattern::Compiled {
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (valid) ::regfree(&regex);
  }

  regex_t regex{};
  bool valid = false;
};

namespace {

// The automaton unrolls counted repetitions, nested ones multiply: "((a{99}){99}){99}" takes
// gigabytes.
constexpr std::size_t kMaxUnrolled = 10'000;

std::string_view bracket_fault(std::string_view text, std::size_t& at) {
  std::size_t i = at + 1;
  if (text.substr(i, 1) == "^") ++i;
  if (text.substr(i, 1) == "]") return "an empty bracket expression";
  for (; i < text.size() && text[i] != ']'; ++i) {
    if (text[i] == '\\') return "a backslash in brackets";
    if (text[i] == '[') return "[ in brackets";
  }
  at = i;
  return {};
}

std::string_view count_fault(std::string_view text, std::size_t at, std::size_t& unrolled) {
  const std::size_t end = text.find('}', at);
  std::string_view counts = text.substr(at + 1, end == text.npos ? end : end - at - 1);
  std::size_t largest = 1;
  for (;;) {
    std::size_t value = 0;
    const auto parsed = std::from_chars(counts.data(), counts.data() + counts.size(), value);
    const bool open_end = counts.empty() && counts.data() != text.data() + at + 1;
    if (parsed.ec != std::errc() && !open_end) return "{ that does not begin a count such as {2,4}";
    if (value > kMaxUnrolled) return "a count that is too large";
    largest = value > largest ? value : largest;
    const std::size_t comma = counts.find(',');
    if (comma == counts.npos) break;
    counts.remove_prefix(comma + 1);
  }
  unrolled *= largest;
  return unrolled > kMaxUnrolled ? "counts that multiply to more than 10000" : "";
}

// What of the pattern lies outside the common subset, or nothing.
std::string_view fault_of(std::string_view text) {
  std::size_t unrolled = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::string_view fault;
    if (c == '\\') {
      ++i;
      if (i == text.size() || std::ispunct(static_cast<unsigned char>(text[i])) == 0)
        return "an escape other than of punctuation (write [0-9] for \\d)";
    } else if (c == '[') {
      fault = bracket_fault(text, i);
    } else if (c == '{') {
      fault = count_fault(text, i, unrolled);
    } else if (c == '(' && text.substr(i + 1, 1) == "?") {
      fault = "(?";
    } else if (c == 0) {
      fault = "a NUL";
    }
    if (!fault.empty()) return fault;
  }
  return {};
}

}  // namespace

Pattern::Pattern(std::string text, std::shared_ptr<const Compiled> compiled)
    : text_(std::move(text)), compiled_(std::move(compiled)) {}

gov::Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.size() > kMaxPattern) return gov::invalid("is longer than 256 bytes");
  if (const std::string_view fault = fault_of(text); !fault.empty())
    return gov::invalid("has " + std::string(fault) + ", which is outside the supported subset");
  auto compiled = std::make_shared<Compiled>();
  std::string copy(text);
  const int error = ::regcomp(&compiled->regex, copy.c_str(), REG_EXTENDED | REG_NOSUB);
  if (error != 0) {
    char reason[128];
    ::regerror(error, &compiled->regex, reason, sizeof reason);
    return gov::invalid(std::string("is not a regular expression: ") + reason);
  }
  compiled->valid = true;
  return Pattern(std::move(copy), std::move(compiled));
}

bool Pattern::matches(std::string_view value) const {
  if (value.size() > kMaxMatched || value.find('\0') != value.npos) return false;
  return ::regexec(&compiled_->regex, std::string(value).c_str(), 0, nullptr, 0) == 0;
}

}  // namespace govhost::config
