// Writes JSON text directly, for the places where building a tree first would cost more than the
// answer: pre-serialised answers, log lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace govhost {

// Appends `text` (valid UTF-8) as a JSON string with its quotes. Also escapes U+2028 and U+2029,
// which some readers of lines and of JavaScript take for line ends.
void append_json_string(std::string& out, std::string_view text);

// The same without quotes: for a text that is escaped in pieces.
void append_json_escaped(std::string& out, std::string_view text);

// Whether it stands in JSON as it is: printable ASCII without quotes and backslashes.
bool is_plain(std::string_view text);

void append_number(std::string& out, std::int64_t value);

// "name":  with the quotes; `name` needs no escaping.
void append_json_key(std::string& out, std::string_view name);

}  // namespace govhost
