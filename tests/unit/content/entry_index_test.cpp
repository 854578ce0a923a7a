#include "content/entry_index.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;
using Names = std::vector<std::string>;

class EntryIndexTest : public testing::Test {
 protected:
  Names found(std::string_view text, const char* framework = nullptr,
              const Visibility& visible = {}) {
    const Document* only = framework ? snapshot->resolve(kFramework, framework).document : nullptr;
    EntryIndex::Found result = snapshot->entry_index().find(text, only, visible);
    by = result.by;
    return keys(result.entries);
  }
  Names keys(const std::vector<NodeId>& entries) const {
    Names out;
    for (const NodeId id : entries) out.push_back(snapshot->graph().node(id).entry->key);
    return out;
  }

  std::shared_ptr<const Snapshot> snapshot =
      build({raw("_data/references/eu-act.yml",
                 "title: EU Act\nentries:\n"
                 "  c1-a4: {title: 'I.A4: Literacy', url: 'https://x'}\n"
                 "  c3-s2-a14: {title: 'III.S2.A14: Human Oversight', url: 'https://x'}\n"
                 "  c3-s2-a15: {title: 'III.S2.A15: Accuracy of Systems', url: 'https://x'}\n"
                 "  recital-14: {title: 'Recital 14', url: 'https://x'}\n"),
             raw("_data/references/controls.yml",
                 "title: Control Catalogue 800-53\nentries:\n"
                 "  ac-1: {title: AC-1 Policy And Procedures, url: 'https://x'}\n"
                 "  ac-14: {title: AC-14 Permitted Actions, url: 'https://x'}\n"
                 "  au-1: {title: AU-1 Policy And Procedures, url: 'https://x'}\n"),
             raw("_data/references/top.yml",
                 "title: Top 10\nentries:\n"
                 "  llm01-2025: {title: 'LLM01:2025 Prompt Injection', url: 'https://x'}\n"),
             raw("_data/references/std.yml",
                 "title: Standard 42001\nentries:\n"
                 "  A-6-2-4: {title: 'S 42001: Verification', url: 'https://x'}\n"
                 "  A-6-2: {title: 'Article 62: Human oversight of standards', url: 'https://x'}\n",
                 "secret"),
             raw("_mitigations/mi-1_a.md", "---\ncontrols_references: [au-1]\n---\nT")});
  EntryIndex::By by{};
};

TEST_F(EntryIndexTest, TakesKeysAndLabelsInAnyWriting) {
  const std::pair<const char*, const char*> cases[] = {{"c3-s2-a14", "c3-s2-a14"},
                                                       {" C3 S2 A14 ", "c3-s2-a14"},
                                                       {"III.S2.A14", "c3-s2-a14"},
                                                       {"ac-1", "ac-1"},
                                                       {"AC 1", "ac-1"},
                                                       {"LLM01", "llm01-2025"},
                                                       {"LLM01:2025", "llm01-2025"},
                                                       {"A.6.2.4", "A-6-2-4"}};
  for (const auto& [text, key] : cases) {
    EXPECT_EQ(found(text), Names{key}) << text;
    EXPECT_EQ(by, EntryIndex::By::kKey) << text;
  }
}

TEST_F(EntryIndexTest, TakesNumbersOfArticles) {
  for (const char* text : {"Article 14", "art. 14", "EU Act Article 14(1)(a)", "Articles 14"}) {
    EXPECT_EQ(found(text), Names{"c3-s2-a14"}) << text;
    EXPECT_EQ(by, EntryIndex::By::kNumber) << text;
  }
  for (const char* text : {"what covers article 14 of the EU Act", "is Art. 14 of the act for us?",
                           "EU Act: who oversees by article 14"}) {
    EXPECT_EQ(found(text), Names{"c3-s2-a14"}) << text;
    EXPECT_EQ(by, EntryIndex::By::kNumber) << text;
  }
  EXPECT_EQ(found("which risks cite LLM01, please"), Names{"llm01-2025"});
  EXPECT_EQ(found("what covers article 16 of the EU Act"), Names{});
  EXPECT_EQ(found("14"), Names{"c3-s2-a14"});
  EXPECT_EQ(found("62"), Names{"A-6-2"}) << "from its title";
  EXPECT_EQ(found("14", "controls"), Names{"ac-14"}) << "no article there has the number";
  EXPECT_EQ(found("Recital 14"), Names{"recital-14"});
  EXPECT_TRUE(found("Article 140").empty());
}

TEST_F(EntryIndexTest, TakesWordsOfTitlesAndFrameworks) {
  EXPECT_EQ(found("human oversight"), (Names{"c3-s2-a14", "A-6-2"})) << "the title itself first";
  EXPECT_EQ(by, EntryIndex::By::kTitle);
  EXPECT_EQ(found("EU Act: the human oversight"), Names{"c3-s2-a14"});
  EXPECT_EQ(found("policies and procedure"), (Names{"au-1", "ac-1"})) << "what is cited first";
  EXPECT_EQ(found("accuracy of the system"), Names{"c3-s2-a15"});
  EXPECT_EQ(found("human oversight", "std"), Names{"A-6-2"});
  EXPECT_TRUE(found("human zebra").empty());
}

TEST_F(EntryIndexTest, FindsNothingInNothing) {
  for (const std::string& text :
       {std::string(), std::string("   "), std::string("of the and"), std::string("(((("),
        std::string(513, 'a'), std::string(512, '('), std::string("\xC3\xA4 \xE2\x82\xAC")})
    EXPECT_TRUE(found(text).empty()) << text;
  EXPECT_TRUE(EntryIndex().find("a", nullptr, {}).entries.empty());
}

// The strictest reading must not be that of an entry which the reader may not see.
TEST_F(EntryIndexTest, IsBlindToHiddenSources) {
  const Visibility visible = test::outsider();
  EXPECT_EQ(found("human oversight", nullptr, visible), Names{"c3-s2-a14"});
  EXPECT_TRUE(found("A.6.2.4", nullptr, visible).empty());
  EXPECT_TRUE(snapshot->entry_index().nearest("A-6-2-5", nullptr, 5, visible).empty());
}

TEST_F(EntryIndexTest, NamesTheNearest) {
  const auto nearest = [&](std::string_view text, std::size_t limit = 2) {
    return keys(snapshot->entry_index().nearest(text, nullptr, limit, {}));
  };
  EXPECT_EQ(nearest("c3-s2-a16")[0], "c3-s2-a14");
  EXPECT_EQ(nearest("prompt injected", 1), Names{"llm01-2025"});
  EXPECT_EQ(nearest("zzzzzzzzzzzz"), Names{});
  EXPECT_EQ(nearest("policy of oversight", 50).size(), 4u);
}

TEST(WordsOfName, FoldsAndCombines) {
  EXPECT_EQ(words_of_name("The Policies of Banks, art. 6(2)(b) process"),
            (Names{"policy", "bank", "#6", "process"}));
  EXPECT_EQ(words_of_name(std::string(1000, 'a') + fixtures::repeat(" b1", 100)).size(), 24u);
}

}  // namespace
}  // namespace govhost::content
