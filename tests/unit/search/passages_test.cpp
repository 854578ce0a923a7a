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

std::vector<std::string> ids(const Passages& passages) {
  std::vector<std::string> ids;
  for (const PassageText& p : passages.all()) ids.push_back(p.id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(Passages, AreTheOpeningAndTheSections) {
  const auto content = snapshot({{"_risks/ri-10_prompt-injection.md", kRisk}});
  const Passages passages(*content);
  const std::string prefix = "risk/10_prompt-injection#";
  EXPECT_EQ(ids(passages), (Ids{prefix, prefix + "summary", prefix + "detail", prefix + "summary-1",
                                prefix + "links"}));
  const PassageText& opening = passages.all()[0];
  EXPECT_EQ(opening.heading, "Prompt Injection");
  EXPECT_EQ(opening.text, "An opening text.");
  EXPECT_EQ(opening.place.section, std::nullopt);
  const PassageText& summary = passages.all()[1];
  EXPECT_EQ(summary.heading, "Summary");
  EXPECT_EQ(summary.text, "See this.");
  EXPECT_EQ(summary.place.section, 0u);
  EXPECT_EQ(summary.place.document, 0u);
  EXPECT_EQ(passages.all()[2].text, "");
  EXPECT_EQ(passages.all()[3].text, "Again.");
  EXPECT_FALSE(summary.reading_list);
  EXPECT_TRUE(passages.all()[4].reading_list);
}

TEST(Passages, WithoutATextBeforeItsHeadingsADocumentHasNoOpening) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "## First\n\nText\n"}}));
  EXPECT_EQ(ids(passages), Ids{"risk/1_a#first"});
}

TEST(Passages, ADocumentWithoutTextIsFoundByItsTitle) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "---\ntitle: Only a Title\n---\n"}}));
  ASSERT_EQ(ids(passages), Ids{"risk/1_a#"});
  EXPECT_EQ(passages.all()[0].heading, "Only a Title");
  EXPECT_EQ(passages.all()[0].text, "");
}

TEST(Passages, OfFrameworksAreTheEntries) {
  const auto content = snapshot({{"_data/references/law.yml", kFramework}});
  ASSERT_EQ(content->documents().size(), 1u);
  ASSERT_EQ(content->documents()[0].entries.size(), 2u);
  const Passages passages(*content);
  EXPECT_EQ(ids(passages), (Ids{"framework/law#a1", "framework/law#a2"}));
  EXPECT_EQ(passages.all()[0].text, "Logging (a1): Keep logs");
  EXPECT_EQ(passages.all()[0].heading, "Logging");
  EXPECT_EQ(passages.all()[0].place.entry, 0u);
  EXPECT_EQ(passages.all()[0].place.section, std::nullopt);
  EXPECT_EQ(passages.all()[1].text, "Access (a2)");
}

// The index may be kept across snapshots: the same content must have the same ids.
TEST(Passages, AreCalledTheSameInEverySnapshot) {
  const Passages small(*snapshot({{"_risks/ri-10_prompt-injection.md", kRisk}}));
  const Passages large(*snapshot({{"_data/references/law.yml", kFramework},
                                  {"_risks/ri-02_other.md", "Other"},
                                  {"_risks/ri-10_prompt-injection.md", kRisk}}));
  for (const PassageText& p : small.all()) {
    const PassageText* const same = large.find(p.id);
    ASSERT_NE(same, nullptr) << p.id;
    EXPECT_EQ(same->text, p.text);
    EXPECT_EQ(same->place.section, p.place.section);
    EXPECT_EQ(same->place.document, 1u);
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
  ASSERT_EQ(passages.all().size(), 6u);
  std::set<std::string> seen;
  std::set<std::size_t> documents;
  for (const PassageText& p : passages.all()) {
    seen.insert(p.id);
    documents.insert(p.place.document);
    EXPECT_EQ(passages.find(p.id), &p) << p.id;
  }
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(documents.size(), 3u);
}

TEST(Passages, UnknownIdsAreNotFound) {
  const Passages passages(*snapshot({{"_risks/ri-1_a.md", "Text"}}));
  EXPECT_NE(passages.find("risk/1_a#"), nullptr);
  for (const char* id : {"", "risk/1_a", "RISK/1_A#", "risk/1_a#'", "risk/1_a#x"})
    EXPECT_EQ(passages.find(id), nullptr) << id;
  EXPECT_TRUE(Passages(*snapshot({})).all().empty());
}

}  // namespace
}  // namespace govhost::search
