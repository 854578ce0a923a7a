#include "search/snippet.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/utf8.h"

namespace govhost::search {
namespace {

using Ranges = std::vector<gov_range>;

std::string words(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += (i > 0 ? " word" : "word") + std::to_string(i);
  return text.substr(0, bytes);
}

// The snippet, checked for what holds of every one.
std::string snippet(std::string_view text, const Ranges& matches = {}) {
  std::string out = make_snippet(text, matches).text;
  EXPECT_LE(count_code_points(out), kMaxSnippet);
  EXPECT_EQ(is_utf8(out), is_utf8(text));
  return out;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Snippet, IsTheWholeOfAShortText) {
  EXPECT_EQ(snippet(""), "");
  EXPECT_EQ(snippet("short text", {{0, 5}}), "short text");
  EXPECT_EQ(snippet("short text", {{6, 10}}), "short text");
  EXPECT_EQ(snippet(std::string(274, 'x')), std::string(274, 'x'));
}

TEST(Snippet, EndsWithAnEllipsisBehindAWholeWord) {
  const std::string text = words(1000), out = snippet(text);
  ASSERT_TRUE(out.ends_with("..."));
  const std::string kept = out.substr(0, out.size() - 3);
  EXPECT_TRUE(text.starts_with(kept + " ")) << out;
  EXPECT_GT(out.size(), 250u);
}

TEST(Snippet, BeginsWithAnEllipsisBeforeAWholeWord) {
  const std::string text = words(1000);
  const std::size_t at = text.find("word90");
  const std::string out = snippet(text, {{at, at + 6}});
  ASSERT_TRUE(out.starts_with("...word")) << out;
  EXPECT_TRUE(contains(out, " word90 ")) << out;
  EXPECT_TRUE(contains(text, " " + out.substr(3, 20))) << out;
}

TEST(Snippet, AtTheEndOfTheTextHasNoEllipsis) {
  const std::string text = words(1000) + " last";
  const std::string out = snippet(text, {{text.size() - 4, text.size()}});
  EXPECT_TRUE(out.starts_with("...")) << out;
  EXPECT_TRUE(out.ends_with(" last")) << out;
}

TEST(Snippet, HoldsTheDensestMatches) {
  std::string text = words(3000);
  Ranges matches{{100, 104}, {700, 704}};
  for (std::size_t at = 2000; at < 2050; at += 10) {
    text.replace(at, 4, "HIT!");
    matches.push_back({at, at + 4});
  }
  matches.push_back({2900, 2904});
  const std::string out = snippet(text, matches);
  std::size_t hits = 0;
  for (std::size_t at = 0; (at = out.find("HIT!", at)) != std::string::npos; ++at) ++hits;
  EXPECT_EQ(hits, 5u) << out;
}

TEST(Snippet, OfEqualGroupsTakesTheFirst) {
  std::string text = words(2000);
  text.replace(500, 5, "FIRST");
  text.replace(1500, 5, "OTHER");
  EXPECT_TRUE(contains(snippet(text, {{500, 505}, {1500, 1505}}), "FIRST"));
}

// Whatever stands before, between and behind them: the beginning moves to a word's, the end is cut
// at a blank, and neither may cost a match.
TEST(Snippet, HoldsAllOfAGroupWhereverTheWordsEnd) {
  for (std::size_t distance = 10; distance <= 130; distance += 5)
    for (std::size_t blank = 55; blank <= 90; ++blank) {
      std::string text(1500, 'x');
      text[600 - blank] = ' ';
      text.replace(600, 5, "FIRST");
      text.replace(600 + distance, 5, " LAST");
      text[600 + distance + 5] = ' ';
      const std::string out = snippet(text, {{600, 605}, {601 + distance, 605 + distance}});
      ASSERT_TRUE(contains(out, "FIRST") && contains(out, "LAST"))
          << distance << ' ' << blank << ": " << out;
    }
}

TEST(Snippet, AGroupThatDoesNotFitIsNotCountedAsOne) {
  // Three matches within 195 bytes; no blank near their beginning but 84 bytes before them.
  std::string text = std::string(516, 'x') + " " + std::string(83, 'y') + std::string(190, 'z') +
                     "LAST!" + std::string(400, 'x');
  const std::string far = snippet(text, {{600, 605}, {790, 795}});
  EXPECT_TRUE(contains(far, "yz")) << far;
  // The pair that can be shown together wins over the pair that cannot.
  text.append(1000, 'w').replace(1800, 10, "NEAR1NEAR2");
  const std::string near = snippet(text, {{600, 605}, {790, 795}, {1800, 1805}, {1805, 1810}});
  EXPECT_TRUE(contains(near, "NEAR1NEAR2")) << near;
}

TEST(Snippet, NeverCutsACharacter) {
  std::string text;
  for (int i = 0; i < 700; ++i)
    text += i % 3 == 0 ? "\xC3\xA9" : i % 3 == 1 ? "\xE2\x82\xAC" : "\xF0\x9F\x98\x80";
  snippet(text);
  for (std::size_t at = 0; at + 9 < text.size(); ++at) snippet(text, {{at, at + 9}});
}

TEST(Snippet, CountsCharactersAndNotBytes) {
  std::string text;
  for (int i = 0; i < 274; ++i) text += "\xF0\x9F\x98\x80";
  EXPECT_EQ(snippet(text), text);
  EXPECT_EQ(count_code_points(snippet(text + text)), 274u + 3);
}

TEST(Snippet, StandsRangesThatAreNoneOfTheText) {
  const std::string text = words(500);
  for (const Ranges& matches :
       {Ranges{{1000, 1004}}, Ranges{{500, 500}}, Ranges{{UINT64_MAX - 1, UINT64_MAX}},
        Ranges{{400, 404}, {10, 14}}, Ranges{{0, UINT64_MAX}}, Ranges{{40, 10}}})
    snippet(text, matches);
  snippet("", {{0, 4}});
  snippet(std::string(500, ' '), {{400, 404}});
}

TEST(Snippet, AMatchLongerThanItIsShownFromItsBeginning) {
  const std::string text = words(400) + " START" + std::string(2000, 'm');
  const std::string out = snippet(text, {{401, 2406}});
  EXPECT_TRUE(contains(out, "STARTm")) << out;
  EXPECT_TRUE(out.ends_with("m..."));
}

}  // namespace
}  // namespace govhost::search
