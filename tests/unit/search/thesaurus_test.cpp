// What a thesaurus file may say, and what it makes of a query.
#include "search/thesaurus.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace govhost::search {
namespace {

std::shared_ptr<const Thesaurus> parse(std::string_view toml) {
  auto made = Thesaurus::parse({{toml, "t.toml"}});
  EXPECT_TRUE(made) << made.status().message();
  return made ? *made : nullptr;
}

// "words=>term weight" for every alternative.
std::vector<std::string> meant(const Thesaurus& thesaurus, std::string_view query) {
  std::vector<std::string> out;
  for (const gov_alternative& each : thesaurus.alternatives(query))
    out.push_back(std::string(query.substr(each.words.begin, each.words.end - each.words.begin)) +
                  "=>" + std::string(gov::to_cpp(each.text)) + " " +
                  std::to_string(each.weight).substr(0, 4));
  return out;
}

using Texts = std::vector<std::string>;

TEST(Thesaurus, TermsFindOneAnotherAndEverydayWordsFindTerms) {
  const auto thesaurus = parse(R"([[concept]]
terms = ["leak", "exposure"]
everyday = ["spill"]
)");
  EXPECT_EQ(meant(*thesaurus, "leak"), (Texts{"leak=>exposure 0.50"}));
  EXPECT_EQ(meant(*thesaurus, "a spill"), (Texts{"spill=>leak 0.40", "spill=>exposure 0.40"}));
  EXPECT_EQ(meant(*thesaurus, "water"), Texts{});
}

TEST(Thesaurus, AnyFormOfAWordMatches) {
  const auto thesaurus = parse("[[concept]]\nterms = ['leak']\neveryday = ['spill', \"client's\"]");
  for (const char* query : {"spills", "Spilled", "SPILLING"})
    EXPECT_EQ(meant(*thesaurus, query).size(), 1u) << query;
  EXPECT_EQ(meant(*thesaurus, "clients").size(), 1u);
}

TEST(Thesaurus, TheLongestRunOfWordsCounts) {
  const auto thesaurus = parse(R"([[concept]]
terms = ["assistant"]
everyday = ["chat", "chat tool"]
[[concept]]
terms = ["software"]
everyday = ["tool"]
)");
  EXPECT_EQ(meant(*thesaurus, "the chat tool"), (Texts{"chat tool=>assistant 0.40"}));
  EXPECT_EQ(meant(*thesaurus, "tool chat"), (Texts{"tool=>software 0.40", "chat=>assistant 0.40"}));
}

TEST(Thesaurus, SeveralFilesAreJoinedAndTheGreaterWeightCounts) {
  const auto made = Thesaurus::parse(
      {{"[[concept]]\nterms = ['leak']\neveryday = ['spill']", "a.toml"},
       {"[[concept]]\nterms = ['Leak', 'loss']\neveryday = ['spill']\nweight = 0.8", "b.toml"}});
  ASSERT_TRUE(made);
  EXPECT_EQ(meant(**made, "spill"), (Texts{"spill=>leak 0.80", "spill=>loss 0.80"}));
}

TEST(Thesaurus, FaultsNameFileLineAndFix) {
  const std::pair<const char*, const char*> cases[] = {
      {"[[concept]]\nterm = ['a']", "t.toml:2: concept.0.term: unknown key; did you mean terms?"},
      {"[[concept]]\nzzz = 1",
       "t.toml:2: concept.0.zzz: unknown key; use terms, everyday and weight"},
      {"[[concepts]]\nterms = ['a']",
       "t.toml:1: concepts: unknown key; a thesaurus is a list of [[concept]]"},
      {"[concept]\nterms = ['a']", "t.toml:1: concept: write [[concept]] instead of [concept]"},
      {"[[concept]]\neveryday = ['a']", "t.toml:1: concept.0: terms: at least one is needed"},
      {"[[concept]]\nterms = 'a'", "t.toml:2: concept.0.terms: must be a list of texts"},
      {"[[concept]]\nterms = [1]", "t.toml:2: concept.0.terms: must be a list of texts"},
      {"[[concept]]\nterms = ['a']\nweight = 2",
       "t.toml:3: concept.0.weight: must be a number from 0.05 to 1"},
      {"[[concept]]\nterms = ['...']", "t.toml:1: concept.0: \"...\" has no word in it"},
      {"[[concept]]\nterms = ['a b c d e f g']",
       "t.toml:1: concept.0: \"a b c d e f g\" has more than 6 words"},
  };
  for (const auto& [toml, message] : cases) {
    const auto made = Thesaurus::parse({{toml, "t.toml"}});
    ASSERT_FALSE(made) << toml;
    EXPECT_EQ(made.status().message(), message);
    EXPECT_EQ(made.status().code(), GOV_INVALID_ARGUMENT);
  }
  EXPECT_FALSE(Thesaurus::parse({{"[[concept]\n", "t.toml"}}));
}

TEST(Thesaurus, IsBounded) {
  std::string many = "[[concept]]\nterms = ['x']\neveryday = [";
  for (std::size_t i = 0; i <= kMaxThesaurusEntries; ++i) many += "'w" + std::to_string(i) + "',";
  const auto made = Thesaurus::parse({{many + "]", "t.toml"}});
  ASSERT_FALSE(made);
  EXPECT_NE(made.status().message().find("more than 20000 words and phrases"), std::string::npos);

  const auto thesaurus = parse("[[concept]]\nterms = ['leak', 'loss', 'exposure']");
  std::string query;
  for (int i = 0; i < 10'000; ++i) query += "leak ";
  EXPECT_EQ(thesaurus->alternatives(query).size(), 128u);
}

TEST(Thesaurus, TheBuiltInOneIsSoundAndKnowsTheFieldsWords) {
  const auto made = Thesaurus::parse({{Thesaurus::builtin(), "thesaurus.toml"}});
  ASSERT_TRUE(made) << made.status().message();
  EXPECT_GT((*made)->entries(), 1000u);
  for (const char* query : {"jailbreak", "LLM", "made up", "two bots", "GDPR"})
    EXPECT_FALSE((*made)->alternatives(query).empty()) << query;
  EXPECT_TRUE((*made)->alternatives("").empty());
  EXPECT_TRUE((*made)->alternatives("\xFF\xFE the of").empty());
}

}  // namespace
}  // namespace govhost::search
