#include "config/pattern.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace govhost::config {
namespace {

TEST(Pattern, MatchesAsJsonSchemaSays) {
  struct Case {
    const char *pattern, *good, *bad;
  };
  const Case cases[] = {
      {"^[a-z]+$", "abc", "aBc"},     {"b", "abc", "aac"},  // not anchored: somewhere in the text
      {"^(GET|PUT)$", "PUT", "PUTS"}, {"^[0-9]{4}-[0-9]{2}$", "2024-05", "2024-5"},
      {"^a{2,}$", "aaa", "a"},        {"^a\\.b$", "a.b", "axb"},
      {"^\\{x\\}$", "{x}", "x"},      {"^[^a-c]$", "d", "b"},
      {"^(ab)*c?$", "ababc", "abac"}, {"^[!#-Z^-~]+$", "governance.read", "a\"b"},
  };
  for (const Case& c : cases) {
    const auto pattern = Pattern::compile(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern << ": " << pattern.status().message();
    EXPECT_TRUE(pattern->matches(c.good)) << c.pattern << " " << c.good;
    EXPECT_FALSE(pattern->matches(c.bad)) << c.pattern << " " << c.bad;
  }
}

TEST(Pattern, RefusesWhatLiesOutsideTheSubset) {
  const std::pair<const char*, const char*> cases[] = {
      {"\\d+",
       "has an escape other than of punctuation (write [0-9] for \\d), "
       "which is outside the supported subset"},
      {"(a)\\1",
       "has an escape other than of punctuation (write [0-9] for \\d), "
       "which is outside the supported subset"},
      {"a\\",
       "has an escape other than of punctuation (write [0-9] for \\d), "
       "which is outside the supported subset"},
      {"(?:a)", "has (?, which is outside the supported subset"},
      {"[[:alpha:]]", "has [ in brackets, which is outside the supported subset"},
      {"[\\w]", "has a backslash in brackets, which is outside the supported subset"},
      {"[]a]", "has an empty bracket expression, which is outside the supported subset"},
      {"a{,3}",
       "has { that does not begin a count such as {2,4}, "
       "which is outside the supported subset"},
      {"a{x}",
       "has { that does not begin a count such as {2,4}, "
       "which is outside the supported subset"},
      {"((a{99}){99}){99}",
       "has counts that multiply to more than 10000, which is outside the supported subset"},
      {"a{99999}", "has a count that is too large, which is outside the supported subset"},
      {"(a", "is not a regular expression: Unmatched ( or \\("},
  };
  for (const auto& [text, message] : cases) {
    const auto pattern = Pattern::compile(text);
    ASSERT_FALSE(pattern) << text;
    EXPECT_EQ(pattern.status().message(), message) << text;
  }
  EXPECT_FALSE(Pattern::compile(std::string(257, 'a')));
  EXPECT_FALSE(Pattern::compile(std::string_view("a\0b", 3)));
}

TEST(Pattern, RefusesValuesThatAreTooLongOrHoldNul) {
  const auto pattern = Pattern::compile("^a");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches(std::string(kMaxMatched, 'a')));
  EXPECT_FALSE(pattern->matches(std::string(kMaxMatched + 1, 'a')));
  EXPECT_FALSE(pattern->matches(std::string_view("a\0b", 3)));
}

// A backtracking matcher needs 2^8000 steps for this.
TEST(Pattern, DoesNotBacktrack) {
  const auto pattern = Pattern::compile("^(a+)+(a|aa)*b$");
  ASSERT_TRUE(pattern);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(pattern->matches(std::string(8000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace govhost::config
