#include "core/text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace govhost {
namespace {

using namespace std::string_literals;

TEST(Trim, TakesAsciiBlanksOffBothEnds) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {" ", ""},
      {" \t\r\n\f\v", ""},
      {"a", "a"},
      {" a b ", "a b"},
      {"\n\ta\r\n", "a"},
      {"\xC2\xA0"
       "a",
       "\xC2\xA0"
       "a"}};  // a no-break space is no ASCII blank
  for (const auto& [text, trimmed] : cases) EXPECT_EQ(trim(text), trimmed);
  EXPECT_EQ(trim("\0 "s), "\0"s);
}

TEST(Case, ChangesAsciiLettersOnly) {
  EXPECT_EQ(lower("AbZ09@[`{"), "abz09@[`{");
  EXPECT_EQ(lower("\xC3\x89"), "\xC3\x89");
  EXPECT_TRUE(equals_ignoring_case("HeaDer", "hEADER"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));  // 32 apart, and no letters
  EXPECT_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
}

TEST(Split, KeepsEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split("a", ','), Parts{"a"});
  EXPECT_EQ(split(",", ','), (Parts{"", ""}));
  EXPECT_EQ(split(",a,,b,", ','), (Parts{"", "a", "", "b", ""}));
}

TEST(Join, IsTheInverseOfSplit) {
  EXPECT_EQ(join({}, ", "), "");
  for (const std::string text : {"", "a", "a,b", "a,,b", ",a", ",", "a,", ",,"}) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(text, ',')) parts.emplace_back(part);
    EXPECT_EQ(join(parts, ","), text);
  }
}

TEST(ReplaceAll, ReadsWhatIsThereOnly) {
  EXPECT_EQ(replace_all("aXbX", "X", "--"), "a--b--");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("a", "a", "aa"), "aa");  // what was put in is not replaced again
  EXPECT_EQ(replace_all("abc", "x", "y"), "abc");
  EXPECT_EQ(replace_all("", "x", "y"), "");
}

TEST(EditDistance, IsLevenshteins) {
  const struct {
    const char *a, *b;
    std::size_t distance;
  } cases[] = {{"", "", 0},       {"", "abc", 3},  {"abc", "", 3}, {"kitten", "sitting", 3},
               {"abc", "abc", 0}, {"ab", "ba", 2}, {"a", "b", 1},  {"flaw", "lawn", 2}};
  for (const auto& c : cases) {
    EXPECT_EQ(edit_distance(c.a, c.b), c.distance) << c.a << ' ' << c.b;
    EXPECT_EQ(edit_distance(c.b, c.a), c.distance) << c.b << ' ' << c.a;
  }
}

TEST(Nearest, FindsWhatWasMeantAndNothingElse) {
  const std::string_view names[] = {"source-directory", "search-memory", "auth-token"};
  EXPECT_EQ(nearest("source-directroy", names), "source-directory");
  EXPECT_EQ(nearest("SEARCH-MEMORY", names), "search-memory");
  EXPECT_EQ(nearest("auth-token", names), "auth-token");
  EXPECT_EQ(nearest("transport-http", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest("anything", {}), std::nullopt);
}

TEST(Nearest, PrefersTheNearestAndThenTheFirst) {
  const std::string_view names[] = {"limits", "limit", "limjt"};
  EXPECT_EQ(nearest("limit", names), "limit");
  EXPECT_EQ(nearest("limot", names), "limit");
}

// The distance is quadratic: a client's megabyte must not be compared with anything.
TEST(Nearest, LooksAtShortNamesOnly) {
  const std::string longest(64, 'a'), longer(65, 'a'), huge(1u << 20u, 'a');
  const std::string_view names[] = {longest}, too_long[] = {longer};
  EXPECT_EQ(nearest(longest, names), longest);
  EXPECT_EQ(nearest(longer, names), std::nullopt);
  EXPECT_EQ(nearest(huge, names), std::nullopt);
  EXPECT_EQ(nearest(longest, too_long), std::nullopt);
}

TEST(PercentEncode, KeepsUnreservedCharactersOnly) {
  EXPECT_EQ(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(percent_encode("a b/c%?#&+"), "a%20b%2Fc%25%3F%23%26%2B");
  EXPECT_EQ(percent_encode("a b/c", true), "a%20b/c");
  EXPECT_EQ(percent_encode("\xC3\xA9\0\n"s), "%C3%A9%00%0A");
}

TEST(PercentDecode, UndoesTheEncodingOfEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode(percent_encode(all, true)), all);
  EXPECT_EQ(percent_decode("%c3%A9+"), "\xC3\xA9+");  // '+' is itself outside of forms
  EXPECT_EQ(percent_decode("%2541"), "%41");          // decoded once
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, RefusesBadEscapes) {
  for (const char* text :
       {"%", "a%", "%4", "a%4", "%zz", "%4g", "%g4", "%%41", "% 41", "%-1", "%0x"})
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
  EXPECT_EQ(percent_decode(std::string_view("%41").substr(0, 2)), std::nullopt);
}

}  // namespace
}  // namespace govhost
