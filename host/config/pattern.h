// Regular expressions of schemas, matched in bounded time.
//
// The values come from the network, so a matcher that backtracks will not do: std::regex needs
// exponential time for "(a+)+b" and overflows the stack on long values. POSIX extended expressions
// without back references are matched by an automaton (glibc). What means something else there than
// in JSON Schema (ECMA 262) is refused when the schema is compiled, so that a pattern that a client
// reads in a schema means the same to it: no escapes but of punctuation, no (?...), no named
// classes, no backslash in brackets. Characters are bytes.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace govhost::config {

inline constexpr std::size_t kMaxPattern = 256;
inline constexpr std::size_t kMaxMatched = 8192;  // a longer value does not match

// Immutable; may be used from several threads at once.
class Pattern {
 public:
  static gov::Result<Pattern> compile(std::string_view text);

  bool matches(std::string_view value) const;  // somewhere in it, unless anchored
  const std::string& text() const { return text_; }

 private:
  struct Compiled;
  Pattern(std::string text, std::shared_ptr<const Compiled> compiled);

  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace govhost::config
