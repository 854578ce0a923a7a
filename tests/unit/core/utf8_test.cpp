#include "core/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace govhost {
namespace {

using namespace std::string_literals;

constexpr std::size_t kNone = std::string_view::npos;

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  const std::string cases[] = {"",
                               "\0"s,
                               "\x7F",
                               "\xC2\x80",           // U+0080
                               "\xDF\xBF",           // U+07FF
                               "\xE0\xA0\x80",       // U+0800
                               "\xED\x9F\xBF",       // U+D7FF, before the surrogates
                               "\xEE\x80\x80",       // U+E000, behind them
                               "\xEF\xBF\xBF",       // U+FFFF
                               "\xF0\x90\x80\x80",   // U+10000
                               "\xF4\x8F\xBF\xBF"};  // U+10FFFF
  for (const std::string& text : cases) EXPECT_EQ(find_invalid_utf8(text), kNone) << text;
}

TEST(Utf8, RefusesWhatRfc3629Forbids) {
  const std::string cases[] = {"\x80",  // continues nothing
                               "\xBF",
                               "\xC0\x80",      // overlong NUL
                               "\xC1\xBF",      // overlong U+007F
                               "\xE0\x80\x80",  // overlong NUL
                               "\xE0\x9F\xBF",  // overlong U+07FF
                               "\xF0\x80\x80\x80",
                               "\xF0\x8F\xBF\xBF",  // overlong U+FFFF
                               "\xED\xA0\x80",      // U+D800
                               "\xED\xBF\xBF",      // U+DFFF
                               "\xF4\x90\x80\x80",  // U+110000
                               "\xF5\x80\x80\x80",
                               "\xF8\x88\x80\x80\x80",
                               "\xFE",
                               "\xFF"};
  for (const std::string& bytes : cases) {
    EXPECT_EQ(find_invalid_utf8(bytes), 0u) << testing::PrintToString(bytes);
    EXPECT_EQ(find_invalid_utf8("a\xC3\xA9" + bytes + "z"), 3u) << testing::PrintToString(bytes);
    EXPECT_FALSE(is_utf8(bytes + "z"));
  }
}

TEST(Utf8, RefusesWhatIsCutOff) {
  for (const std::string whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    for (std::size_t kept = 1; kept < whole.size(); ++kept) {
      EXPECT_EQ(find_invalid_utf8("ab" + whole.substr(0, kept)), 2u) << kept;
      EXPECT_EQ(find_invalid_utf8(whole.substr(0, kept) + "a" + whole), 0u) << kept;
    }
  }
}

// The view must not be read past its end, even where the memory behind it would complete it.
TEST(Utf8, DoesNotLookBehindTheView) {
  const std::string_view euro = "\xE2\x82\xAC";
  EXPECT_EQ(find_invalid_utf8(euro.substr(0, 2)), 0u);
  EXPECT_EQ(to_valid_utf8(euro.substr(0, 2)), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("abc"), 3u);
  EXPECT_EQ(count_code_points("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4u);
}

TEST(Utf8, APrefixNeverCutsACodePoint) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";  // 1, 2, 3, 4 and 1 bytes
  const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t bytes = 0; bytes < std::size(kept); ++bytes) {
    EXPECT_EQ(utf8_prefix(text, bytes), std::string_view(text).substr(0, kept[bytes])) << bytes;
    EXPECT_TRUE(is_utf8(utf8_prefix(text, bytes)));
  }
  EXPECT_EQ(utf8_prefix("\x80\x80\x80", 2), "");  // ends even where nothing is valid
}

TEST(Utf8, ReplacesWhatIsInvalidAndKeepsTheRest) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"plain \xC3\xA9", "plain \xC3\xA9"},
      {"a\xFFz", "a\xEF\xBF\xBDz"},
      {"\xC3(", "\xEF\xBF\xBD("},
      {"nul\0in"s, "nul\0in"s},
      {"end\xE2\x82", "end\xEF\xBF\xBD\xEF\xBF\xBD"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(to_valid_utf8(bytes), text);
  for (int lead = 0; lead < 256; ++lead)
    for (int next = 0; next < 256; ++next) {
      const std::string pair{static_cast<char>(lead), static_cast<char>(next)};
      ASSERT_TRUE(is_utf8(to_valid_utf8(pair))) << lead << ' ' << next;
    }
}

}  // namespace
}  // namespace govhost
