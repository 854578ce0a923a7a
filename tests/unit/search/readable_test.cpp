#include "search/readable.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace govhost::search {
namespace {

std::string repeat(const std::string& text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

TEST(Readable, KeepsTheTextOfLinks) {
  const std::pair<const char*, const char*> cases[] = {
      {"see [the policy](https://x/y) now", "see the policy now"},
      {"[a](b)[c](d)", "ac"},
      {"[a](<b c> \"title\")", "a"},
      {"[a](b(c)d) e", "a e"},  // parentheses in pairs belong to the target
      {"[](x)", ""},
      {"[[ri-1]](x)", "[ri-1]"},
      {"[see [1] here](x)", "see [1] here"},
      {"[![alt](image.png)](https://x)", "alt"},  // a badge
      {"*[a `b` **c**](d)*", "a b c"},
      {"f[i] (see [1](x))", "f[i] (see 1)"}};
  for (const auto& [markdown, text] : cases) EXPECT_EQ(readable(markdown), text) << markdown;
}

TEST(Readable, KeepsWhatIsNoLink) {
  const char* const cases[] = {"[",         "]",        "](x)",      "a[1] and b[2]",
                               "[ref][id]", "[x] done", "[a] (b)",   "[a](open",
                               "[a",        "(a)",      "a (b) [c]", "[a](b\nc)"};
  for (const std::string markdown : cases) {
    std::string text = markdown;
    for (char& c : text) c = c == '\n' ? ' ' : c;
    EXPECT_EQ(readable(markdown), text) << markdown;
  }
}

TEST(Readable, OfImagesKeepsTheAlternative) {
  EXPECT_EQ(readable("a ![diagram of it](x.png) b"), "a diagram of it b");
  EXPECT_EQ(readable("![](x.png)"), "");
  EXPECT_EQ(readable("wow! [a](b)"), "wow! a");
  EXPECT_EQ(readable("wow!"), "wow!");
}

TEST(Readable, DropsEmphasisAndCodeMarks) {
  EXPECT_EQ(readable("**bold** *it* ***both***"), "bold it both");
  EXPECT_EQ(readable("`code` ``more``"), "code more");
  EXPECT_EQ(readable("```cpp\nint x;\n```"), "cpp int x;");
  EXPECT_EQ(readable("snake_case_name"), "snake_case_name");  // '_' is part of names
}

TEST(Readable, IsOneLine) {
  EXPECT_EQ(readable("  a \t b\r\n\r\n\nc  \n"), "a b c");
  EXPECT_EQ(readable("| a | b |\n|---|---|\n| `c` | [d](e) |"), "| a | b | |---|---| | c | d |");
  EXPECT_EQ(readable(" \n\t "), "");
  EXPECT_EQ(readable("* a\n* b"), "a b");
  EXPECT_EQ(readable("[a\nb](c)"), "a b");
}

TEST(Readable, KeepsOtherBytes) {
  const std::string text = "\xC3\xA9\xE2\x82\xAC <b> &amp; \\ \xFF\x01";
  EXPECT_EQ(readable(text), text);
}

// A document may be some megabytes of whatever its author likes. Quadratic time would be minutes.
TEST(Readable, TakesTimeInTheSizeOnly) {
  constexpr std::size_t kSize = 1u << 18u;  // squared it would take hours
  const auto began = std::chrono::steady_clock::now();
  for (const char* piece : {"[", "]", "![", "[a](", "[]", "](", "*", "`", "(", "[[]](", "[x] "}) {
    const std::string hostile = repeat(piece, kSize);
    EXPECT_LE(readable(hostile).size(), hostile.size()) << piece;
  }
  EXPECT_EQ(readable(repeat("[a](b)", kSize)), std::string((kSize + 5) / 6, 'a'));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(ReadingList, IsKnownByItsHeading) {
  for (const char* heading :
       {"Links", "REFERENCES", "further reading", "See Also", "Additional resources"})
    EXPECT_TRUE(is_reading_list(heading)) << heading;
  for (const char* heading : {"", "Link", "Links to policies", " links", "Summary", "Data sources"})
    EXPECT_FALSE(is_reading_list(heading)) << heading;
}

}  // namespace
}  // namespace govhost::search
