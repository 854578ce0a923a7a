#include "search/passages.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "fixtures.h"

namespace govhost::search {
namespace {

using fixtures::snapshot;

constexpr const char* kRisk =
    "---\ntitle: Prompt Injection\nsequence: 10\n---\nAn *opening* text.\n\n"
    "## Summary\n\nSee [this](https://x).\n\n### Detail\n\n## Summary\n\nAgain.\n\n## Links\n\n- "
    "[a](b)\n";
constexpr const char* kFramework =
    "a1:\n  title: Logging\n  url: https://x/1\n  description: Keep logs\na2:\n  title: Access\n  "
    "url: https://x/2\n";

std::vector<std::string> ids(const Passages& passages, std::size_t document = 0) {
  std::vector<std::string> ids;
  for (const PassageText& p : passages.of(document)) ids.push_back(p.id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(Passages, AreTheOpeningAndTheSections) {
  const auto content = snapshot({{"_risks/ri-10_prompt-injection.md", kRisk}});
  const Passages passages(*content);
  const std::string prefix = "risk/10_prompt-injection#";
  EXPECT_EQ(ids(passages), (Ids{prefix, prefix + "summary", prefix + "detail", prefix + "summary-1",
                                prefix + "links"}));
  const PassageText& opening = passages.of(0)[0];
  EXPECT_EQ(opening.heading, "Prompt Injection");
  EXPECT_EQ(opening.text, "An opening text.");
  EXPECT_EQ(opening.place.section, std::nullopt);
  const PassageText& summary = passages.of(0)[1];
  EXPECT_EQ(summary.heading, "Summary");
  EXPECT_EQ(summary.text, "See this.");
  EXPECT_EQ(summary.place.section, 0u);
  EXPECT_EQ(passages.find(summary.id).document, 0u);
  EXPECT_EQ(passages.of(0)[2].text, "");
  EXPECT_EQ(passages.of(0)[3].text, "Again.");
  EXPECT_FALSE(summary.reading_list);
  EXPECT_TRUE(passages.of(0)[4].reading_list);
}

TEST(Passages, WithoutATextBeforeItsHeadingsADocumentHasNoOpening) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "## First\n\nText\n"}}));
  EXPECT_EQ(ids(passages), Ids{"risk/1_a#first"});
}

TEST(Passages, ADocumentWithoutTextIsFoundByItsTitle) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "---\ntitle: Only a Title\n---\n"}}));
  ASSERT_EQ(ids(passages), Ids{"risk/1_a#"});
  EXPECT_EQ(passages.of(0)[0].heading, "Only a Title");
  EXPECT_EQ(passages.of(0)[0].text, "");
}

TEST(Passages, OfFrameworksAreTheEntries) {
  const auto content = snapshot({{"_data/references/law.yml", kFramework}});
  ASSERT_EQ(content->documents().size(), 1u);
  ASSERT_EQ(content->documents()[0].entries.size(), 2u);
  const Passages passages(*content);
  EXPECT_EQ(ids(passages), (Ids{"framework/law#a1", "framework/law#a2"}));
  EXPECT_EQ(passages.of(0)[0].text, "Logging (a1): Keep logs");
  EXPECT_EQ(passages.of(0)[0].heading, "Logging");
  EXPECT_EQ(passages.of(0)[0].place.entry, 0u);
  EXPECT_EQ(passages.of(0)[0].place.section, std::nullopt);
  EXPECT_EQ(passages.of(0)[1].text, "Access (a2)");
}

// The index may be kept across snapshots: the same content must have the same ids.
TEST(Passages, AreCalledTheSameInEverySnapshot) {
  const Passages small(*snapshot({{"_risks/ri-10_prompt-injection.md", kRisk}}));
  const Passages large(*snapshot({{"_data/references/law.yml", kFramework},
                                  {"_risks/ri-02_other.md", "Other"},
                                  {"_risks/ri-10_prompt-injection.md", kRisk}}));
  for (const PassageText& p : small.of(0)) {
    const FoundPassage same = large.find(p.id);
    ASSERT_TRUE(same) << p.id;
    EXPECT_EQ(same.text->text, p.text);
    EXPECT_EQ(same.text->place.section, p.place.section);
    EXPECT_EQ(same.document, 1u);
  }
}

TEST(Passages, HaveIdsOfTheirOwn) {
  std::vector<content::RawDocument> raw;
  for (const char* source : {"one", "two", "three"}) {
    content::RawDocument document;
    document.source = source;
    document.key = "_risks/ri-1_a.md";
    document.bytes = "Opening\n\n## Summary\n\nText of " + document.source;
    raw.push_back(document);
  }
  const auto content = content::Snapshot::build(raw, content::aigf_profile());
  const Passages passages(*content);
  ASSERT_EQ(passages.size(), 6u);
  std::set<std::string> seen;
  for (std::size_t document = 0; document < 3; ++document) {
    for (const PassageText& p : passages.of(document)) {
      seen.insert(p.id);
      EXPECT_EQ(passages.find(p.id).text, &p) << p.id;
      EXPECT_EQ(passages.find(p.id).document, document) << p.id;
    }
  }
  EXPECT_EQ(seen.size(), 6u);
}

TEST(Passages, UnknownIdsAreNotFound) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "Text"}}));
  EXPECT_TRUE(passages.find("risk/1_a#"));
  for (const char* id : {"", "risk/1_a", "RISK/1_A#", "risk/1_a#'", "risk/1_a#x"})
    EXPECT_FALSE(passages.find(id)) << id;
  EXPECT_EQ(Passages(*snapshot({})).size(), 0u);
}

}  // namespace
}  // namespace govhost::search
