// The lines of the audit trail. Each carries the hash of the one before it and its own, so that a
// change of one breaks all that follow:
//
//   {"seq":2,"prev":"<hash of line 1>",...,"hash":"<SHA-256 of all text before ,"hash">"}
//
// The hash is of bytes, not of parsed JSON: whoever checks it needs no rules of canonical JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace govhost::audit {

// The "prev" of the first line.
inline constexpr std::string_view kNoPrevious =
    "0000000000000000000000000000000000000000000000000000000000000000";

struct Link {
  std::uint64_t seq = 0;
  std::string hash{kNoPrevious};  // in hex
};

// Appends the line that follows `last`, which becomes the new one, with a line break. `members` are
// JSON members, separated by commas.
void seal(Link& last, std::string_view members, std::string& out);

// A line that is whole. Views into it.
struct Sealed {
  std::uint64_t seq = 0;
  std::string_view prev, members, hash;
};
// nullopt: it has another form, or its hash is not that of its text. Without the line break.
std::optional<Sealed> open_line(std::string_view line);

}  // namespace govhost::audit
