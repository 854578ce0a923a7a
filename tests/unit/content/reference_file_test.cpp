#include "content/reference_file.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace govhost::content {
namespace {

constexpr const char* kNew = R"(title: "A Law"
description: "About it."
source_url: "https://law"
entries:
  a1:
    title: Article 1
    url: https://law/1
  a2:
    title: 'Article 2: Scope'
    url: https://law/2
    description: >
      Where it
      applies.
    issuer: OSFI
)";

std::optional<ReferenceFile> read(const std::string& text) {
  const YamlRead yaml = read_yaml(text, {});
  return yaml.root ? read_reference_file(*yaml.root) : std::nullopt;
}

TEST(ReferenceFile, HasEntriesInTheOrderOfTheFile) {
  const std::optional<ReferenceFile> file = read(kNew);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->title, "A Law");
  EXPECT_EQ(file->source_url, "https://law");
  ASSERT_EQ(file->entries.size(), 2u);
  EXPECT_EQ(file->entries[0].key, "a1");
  EXPECT_EQ(file->entries[1].title, "Article 2: Scope");
  EXPECT_EQ(file->entries[1].description, "Where it applies.");
  EXPECT_EQ(file->entries[1].issuer, "OSFI");
}

TEST(ReferenceFile, MayBeTheFlatMapOfBefore) {
  const std::optional<ReferenceFile> file =
      read("b:\n  title: B\n  url: u\na:\n  title: A\n  url: v\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->title, "");
  ASSERT_EQ(file->entries.size(), 2u);
  EXPECT_EQ(file->entries[0].key, "b");
}

TEST(ReferenceFile, IsNotAnyYaml) {
  for (const char* text :
       {"", "a: b\n", "- a\n", "entries: []\n", "entries:\n", "entries:\n  a: b\n", "title: x\n",
        "levels:\n  - name: x\n    title: y\n", "a:\n  title: x\nb: c\n", "text\n"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST(FrameworkText, ListsEntriesAndTheFileItself) {
  const FrameworkText text = write_framework(*read(kNew), "A Law 2024", kNew);
  EXPECT_TRUE(
      text.body.starts_with("# A Law 2024\n\nAbout it.\n\nSource: https://law\n\n"
                            "## Framework Structure\n\n"
                            "This framework contains 2 entries:\n\n"
                            "### a1: Article 1\n\nReference: https://law/1\n\n"));
  EXPECT_NE(
      text.body.find("### a2: Article 2: Scope\n\nReference: https://law/2\n\nWhere it applies."),
      std::string::npos);
  EXPECT_NE(text.body.find("## Raw YAML Content\n\n```yaml\ntitle: \"A Law\""), std::string::npos);
  EXPECT_TRUE(text.body.ends_with("\n```"));
}

TEST(FrameworkText, HasSectionsThatLieOnItsHeadings) {
  const FrameworkText text = write_framework(*read(kNew), "A Law", kNew);
  ASSERT_EQ(text.sections.size(), 5u);
  for (const Section& section : text.sections) {
    const std::string line =
        std::string(static_cast<std::size_t>(section.level), '#') + " " + section.heading + "\n";
    EXPECT_EQ(text.body.substr(section.begin, line.size()), line);
  }
  EXPECT_EQ(text.sections[0].subtree_end, text.body.size());
  EXPECT_EQ(text.sections[1].subtree_end, text.sections[4].begin);
  EXPECT_EQ(text.sections[2].anchor, "a1-article-1");
}

TEST(FrameworkText, CannotBeClosedByTheFile) {
  const std::string yaml = std::string(kNew) + "# ```` inside\n";
  const FrameworkText text = write_framework(*read(yaml), "A Law", yaml);
  EXPECT_NE(text.body.find("\n`````yaml\n"), std::string::npos);
  EXPECT_TRUE(text.body.ends_with("\n`````"));
}

}  // namespace
}  // namespace govhost::content
