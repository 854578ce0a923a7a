#include "core/json_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace govhost {
namespace {

using namespace std::string_literals;

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatJsonOrLinesWouldBreakOn) {
  const std::pair<std::string, const char*> cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"\"", R"("\"")"},
      {"\\", R"("\\")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"\b\t\n\f\r", R"("\b\t\n\f\r")"},
      {"\0"s, R"("\u0000")"},
      {"\x1B[31m", R"("\u001b[31m")"},
      {"\x1F", R"("\u001f")"},
      {"\x7F", R"("\u007f")"},
      {"/", R"("/")"},
      {"\xE2\x80\xA8", R"("\u2028")"},
      {"a\xE2\x80\xA9z", R"("a\u2029z")"},
      {"\xE2\x80\xA7\xE2\x80\xAA", "\"\xE2\x80\xA7\xE2\x80\xAA\""},  // their neighbours
      {"\xE2\x82\xAC", "\"\xE2\x82\xAC\""},
      {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""}};
  for (const auto& [text, json] : cases) EXPECT_EQ(as_json(text), json);
}

TEST(JsonText, EveryCharacterComesBack) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xE2\x80\xA8\xE2\x80\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  const std::string json = as_json(all);
  EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), all);
  for (const char c : json) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

// Eight bytes are looked at together: each place among them counts.
TEST(JsonText, EveryCharacterComesBackFromEveryPlace) {
  for (std::size_t size : {1u, 7u, 8u, 9u, 16u, 23u})
    for (std::size_t at = 0; at < size; ++at)
      for (int c = 0; c < 0x80; ++c) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(c);
        std::string out;
        append_json_string(out, text);
        ASSERT_EQ(nlohmann::json::parse(out).get<std::string>(), text) << c << " at " << at;
        const bool escaped = c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
        ASSERT_EQ(out.find('\\') != std::string::npos, escaped) << c << " at " << at;
      }
}

TEST(JsonText, ATextThatEndsInsideASeparatorIsNotReadPastItsEnd) {
  const std::string_view separator = "\xE2\x80\xA8";
  EXPECT_EQ(as_json(separator.substr(0, 1)), "\"\xE2\"");
  EXPECT_EQ(as_json(separator.substr(0, 2)), "\"\xE2\x80\"");
}

TEST(JsonText, AppendsToWhatIsThere) {
  std::string out = "[";
  append_json_escaped(out, "a\n");
  append_json_escaped(out, "\"b");
  EXPECT_EQ(out, R"([a\n\"b)");
}

TEST(JsonText, WritesNumbersAndKeys) {
  std::string out;
  append_json_key(out, "low");
  append_number(out, INT64_MIN);
  append_json_key(out, "high");
  append_number(out, INT64_MAX);
  append_number(out, 0);
  EXPECT_EQ(out, R"("low":-9223372036854775808"high":92233720368547758070)");
}

}  // namespace
}  // namespace govhost
