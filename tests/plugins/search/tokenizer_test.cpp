#include "plugins/search-common/tokenizer.h"

#include "plugins/search-common/letters.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace search_common {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  Tokenizer tokenizer(text);
  while (const Token* const token = tokenizer.next()) out.emplace_back(token->text);
  return out;
}
using Words = std::vector<std::string>;

TEST(Tokenizer, CutsAndLowersText) {
  const struct {
    std::string_view text;
    Words expected;
  } cases[] = {
      {"", {}},
      {" \t\n.,;-/'\"", {}},
      {"Prompt Injection!", {"prompt", "injection"}},
      {"(RAG) & LLMs", {"rag", "llms"}},
      {"model's users’ 'quoted'", {"models", "users", "quoted"}},
      {"ÀÉÎ Œuvre Łódź ŸŽ ÷×", {"àéî", "œuvre", "łódź", "ÿž"}},
      {"Ĺĺ Ňň Žž Şş", {"ĺĺ", "ňň", "žž", "şş"}},
      {"Привет ΑΒΓ", {"Привет", "ΑΒΓ"}},
      {"数据 poisoning", {"数", "据", "poisoning"}},
      {"risk🙂data — “quoted”…", {"risk", "data", "quoted"}},
  };
  for (const auto& c : cases) EXPECT_EQ(words(c.text), c.expected) << c.text;
}

TEST(Tokenizer, EmitsCompoundsBeforeTheirParts) {
  const struct {
    std::string_view text;
    Words expected;
  } cases[] = {
      {"AC-1", {"ac-1", "ac", "1"}},
      {"AC\u20111 AC\u20102", {"ac-1", "ac", "1", "ac-2", "ac", "2"}},
      {"LLM01:2025", {"llm01:2025", "llm01", "2025"}},
      {"c3-s2-a14", {"c3-s2-a14", "c3", "s2", "a14"}},
      {"III.S2.A14: Human", {"iii.s2.a14", "iii", "s2", "a14", "human"}},
      {"third-party", {"third-party", "third", "party"}},
      {"snake_case.", {"snake_case", "snake", "case"}},
      {"AC-1/AC-2", {"ac-1/ac-2", "ac-1", "ac", "1", "ac-2", "ac", "2"}},
      {"a - b a-- b", {"a", "b", "a", "b"}},
      {"-x- .y.", {"x", "y"}},
  };
  for (const auto& c : cases) EXPECT_EQ(words(c.text), c.expected) << c.text;
}

TEST(Tokenizer, KnowsALongCompoundByItsPartsOnly) {
  const std::string part(40, 'x');
  EXPECT_EQ(words(part + "-" + part), (Words{part, part}));
  // The compound before the slash is short enough.
  EXPECT_EQ(words("rev-5/" + part + "-" + part), (Words{"rev-5", "rev", "5", part, part}));
}

TEST(Tokenizer, CutsLongWordsWithoutCuttingCodePoints) {
  EXPECT_EQ(words(std::string(150, 'a')),
            (Words{std::string(64, 'a'), std::string(64, 'a'), std::string(22, 'a')}));
  std::string accents = "a";
  for (int i = 0; i < 40; ++i) accents += "é";
  const Words cut = words(accents);
  ASSERT_EQ(cut.size(), 2u);
  EXPECT_EQ(cut[0] + cut[1], accents);
  EXPECT_EQ(cut[0].size() % 2, 1u) << "ends in the middle of a letter";
}

TEST(Tokenizer, TellsPlacesAndPositions) {
  const std::string text = "Æ AC-1, model’s x";
  Tokenizer tokenizer(text);
  const struct {
    std::string_view source;
    std::uint32_t position, words;
    bool has_digit;
  } expected[] = {{"Æ", 0, 1, false}, {"AC-1", 1, 2, true},     {"AC", 1, 1, false},
                  {"1", 2, 1, true},  {"model’s", 3, 1, false}, {"x", 4, 1, false}};
  for (const auto& e : expected) {
    const Token* const token = tokenizer.next();
    ASSERT_NE(token, nullptr);
    EXPECT_EQ(text.substr(token->begin, token->end - token->begin), e.source);
    EXPECT_EQ(token->position, e.position) << e.source;
    EXPECT_EQ(token->words, e.words) << e.source;
    EXPECT_EQ(token->has_digit, e.has_digit) << e.source;
  }
  EXPECT_EQ(tokenizer.next(), nullptr);
  EXPECT_EQ(tokenizer.next(), nullptr);
  EXPECT_EQ(tokenizer.words(), 5u);
}

TEST(Tokenizer, TakesBytesThatAreNotUtf8AsSeparators) {
  EXPECT_EQ(words("data\xFFleak\xC3 a\xE2\x82 b\xF0\x9F\x98 c\xC0\x80 d\xED\xA0\x80 e"),
            (Words{"data", "leak", "a", "b", "c", "d", "e"}));
}

TEST(Tokenizer, ReadsAnyBytesAndMovesForward) {
  std::mt19937 random(7);
  const std::string pieces[] = {"a", "Z9", "-",    "/",    ".",    "'", "’",
                                " ", "é",  "\xFF", "\xE2", "🙂", "数"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto i = random() % 200; i > 0; --i) text += pieces[random() % std::size(pieces)];
    Tokenizer tokenizer(text);
    std::uint32_t position = 0;
    while (const Token* const token = tokenizer.next()) {
      ASSERT_LT(token->begin, token->end);
      ASSERT_LE(token->end, text.size());
      ASSERT_FALSE(token->text.empty());
      ASSERT_LE(token->text.size(), kMaxWordBytes + 4);
      ASSERT_GE(token->position + 2 * kMaxWordBytes, position);
      position = std::max(position, token->position);
    }
    ASSERT_LE(tokenizer.words(), text.size());
  }
}

TEST(Letters, DecodeAndEncodeAgree) {
  char bytes[4];
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::uint32_t size = encode(c, bytes);
    const CodePoint back = decode({bytes, size}, 0);
    ASSERT_EQ(back.value, c);
    ASSERT_EQ(back.size, size);
  }
}

TEST(Letters, LowerCaseKeepsWhatHasNone) {
  for (const char32_t c : {U'ß', U'×', U'÷', U'ĸ', U'ŉ', U'ı', U'ÿ', U'я', U'Я'})
    EXPECT_EQ(to_lower(c), c);
  EXPECT_EQ(to_lower(U'Þ'), U'þ');
  EXPECT_EQ(to_lower(U'ſ'), U's');
  EXPECT_EQ(to_lower(U'İ'), U'i');
}

}  // namespace
}  // namespace search_common
