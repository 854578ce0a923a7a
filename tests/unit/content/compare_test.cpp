#include "content/compare.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;
using Names = std::vector<std::string>;

constexpr const char* kRisk1 = "_risks/ri-1_a.md";
constexpr const char* kControl = "_mitigations/mi-1_c.md";

std::vector<DocumentChange> changes(std::vector<RawDocument> before, std::vector<RawDocument> after,
                                    const Visibility& visible = {}) {
  // The changes point into both, which must outlive them.
  static std::vector<std::shared_ptr<const Snapshot>> kept;
  const auto a = build(std::move(before)), b = build(std::move(after));
  kept.push_back(a);
  kept.push_back(b);
  return compare(*a, *b, visible);
}

TEST(Compare, OfEqualContentIsEmpty) {
  const std::vector<RawDocument> documents = fixtures::read_folder(GOVHOST_STARTER_DIR);
  EXPECT_TRUE(changes(documents, documents).empty());
  EXPECT_TRUE(changes({}, {}).empty());
}

TEST(Compare, NamesWhatCameAndWent) {
  const auto found = changes({raw(kRisk1, "T"), raw("_risks/ri-2_b.md", "T")},
                             {raw("_risks/ri-2_b.md", "T"), raw("_risks/ri-3_c.md", "T")});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].before, nullptr);
  EXPECT_EQ(found[0].after->id, "3_c");
  EXPECT_EQ(found[1].before->id, "1_a");
  EXPECT_EQ(found[1].after, nullptr);
}

TEST(Compare, NamesSectionsTitlesAndAttributes) {
  const auto found = changes(
      {raw(kRisk1, "---\ntitle: A\nowner: x\n---\nIntro\n\n# One\n\ntext\n\n# Two\n\ntext\n")},
      {raw(kRisk1, "---\ntitle: B\nowner: y\n---\nIntro!\n\n# One\n\ntext\n\n# Three\n\ntext\n")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].title);
  EXPECT_TRUE(found[0].attributes);
  EXPECT_EQ(found[0].sections.added, Names{"three"});
  EXPECT_EQ(found[0].sections.removed, Names{"two"});
  EXPECT_EQ(found[0].sections.changed, Names{""}) << "what stands before the first heading";
  EXPECT_TRUE(found[0].entries.empty());
}

TEST(Compare, NamesEntriesOfFrameworks) {
  const auto framework = [](const char* entries) {
    return raw("_data/references/law.yml", std::string("title: L\nentries:\n") + entries);
  };
  const auto found = changes({framework("  a1: {title: One}\n  a2: {title: Two}\n")},
                             {framework("  a3: {title: X}\n  a2: {title: Two!}\n")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].entries.added, Names{"a3"});
  EXPECT_EQ(found[0].entries.removed, Names{"a1"});
  EXPECT_EQ(found[0].entries.changed, Names{"a2"});
  EXPECT_TRUE(found[0].sections.empty());
}

TEST(Compare, NamesLinks) {
  const auto found = changes(
      {raw(kRisk1, "T"), raw(kControl, "---\nmitigates: [ri-1]\nlaw_references: [a1]\n---\nT")},
      {raw(kRisk1, "T"), raw(kControl, "---\nmitigates: [ri-1, ri-9]\n---\nT")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].links_added, (std::vector<LinkName>{{"mitigates", "ri-9", true}}));
  EXPECT_EQ(found[0].links_removed, (std::vector<LinkName>{{"law", "a1", true}}));
  EXPECT_FALSE(found[0].attributes) << "lists of links are compared as links";
}

// The control's bytes are the same, but its link leads nowhere now.
TEST(Compare, NamesLinksThatLostTheirTarget) {
  const RawDocument control = raw(kControl, "---\nmitigates: [ri-1]\n---\nT");
  const auto found = changes({raw(kRisk1, "T"), control}, {control});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].after->id, "1_c");
  EXPECT_EQ(found[0].links_added, (std::vector<LinkName>{{"mitigates", "ri-1", true}}));
  EXPECT_EQ(found[0].links_removed, (std::vector<LinkName>{{"mitigates", "1_a", false}}));
  EXPECT_EQ(found[1].before->id, "1_a");
}

TEST(Compare, TakesTwoFilesOfOneIdForTwo) {
  const auto found = changes({raw("a/_risks/ri-1_a.md", "T"), raw("b/_risks/ri-1_a.md", "U")},
                             {raw("a/_risks/ri-1_a.md", "T"), raw("b/_risks/ri-1_a.md", "V")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].after->provenance.key, "b/_risks/ri-1_a.md");
}

TEST(Compare, IsBlindToHiddenSources) {
  const RawDocument secret = raw("_risks/ri-2_b.md", "T", "secret");
  const RawDocument control = raw(kControl, "---\nmitigates: [ri-2]\n---\nT");
  EXPECT_TRUE(changes({}, {secret}, test::outsider()).empty());
  EXPECT_EQ(changes({control, secret}, {control, secret}, test::outsider()).size(), 0u);
}

}  // namespace
}  // namespace govhost::content
