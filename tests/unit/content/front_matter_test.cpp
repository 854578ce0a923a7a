#include "content/front_matter.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

const ReadLimits kLimits;

std::string body_of(const std::string& text) {
  return text.substr(read_front_matter(text, kLimits).body);
}

TEST(FrontMatter, IsSplitFromTheBody) {
  const std::string text = "---\ntitle: A\nlist:\n  - x\n---\nBody\n---\nmore\n";
  const FrontMatter matter = read_front_matter(text, kLimits);
  EXPECT_EQ(matter.root.text_of("title"), "A");
  EXPECT_EQ(matter.root.find("title")->line, 2u) << "lines are those of the file";
  EXPECT_EQ(matter.root.find("list")->items[0].line, 4u);
  EXPECT_EQ(text.substr(matter.body), "Body\n---\nmore\n");
  EXPECT_TRUE(matter.faults.empty());
}

TEST(FrontMatter, StandsOnlyAtTheStart) {
  for (const std::string text :
       {"Text\n---\na: b\n---\n", "\n---\na: b\n---\n", " ---\na: b\n---\n", "----\na: b\n---\n",
        "--- a\nb: c\n---\n", "---", "", "---\n"}) {
    EXPECT_EQ(body_of(text), text);
    EXPECT_TRUE(read_front_matter(text, kLimits).root.items.empty()) << text;
  }
}

TEST(FrontMatter, IsNotTheTextBetweenTwoThematicBreaks) {
  const std::string text = "---\nSome prose, no key.\n---\nMore\n";
  EXPECT_EQ(body_of(text), text);
}

TEST(FrontMatter, MayBeEmptyOrEndAtTheEndOfTheFile) {
  EXPECT_EQ(body_of("---\n---\nBody"), "Body");
  EXPECT_EQ(body_of("---\n# comment\n---\nBody"), "Body");
  EXPECT_EQ(body_of("---\na: b\n---"), "");
  EXPECT_EQ(body_of("---  \na: b\n...\nBody"), "Body");
}

TEST(FrontMatter, IsReadLineByLineWhenItIsNoYaml) {
  const FrontMatter matter = read_front_matter(
      "---\ntitle: Agents: a survey\ntype: SEC\nbroken: [a\nmitigates:\n  - ri-1\n---\nBody",
      kLimits);
  EXPECT_EQ(matter.root.text_of("title"), "Agents: a survey");
  EXPECT_EQ(matter.root.text_of("type"), "SEC");
  ASSERT_NE(matter.root.find("mitigates"), nullptr);
  EXPECT_EQ(matter.root.find("mitigates")->items[0].text, "ri-1");
  ASSERT_FALSE(matter.faults.empty());
  EXPECT_EQ(matter.faults[0].line, 2u);
}

TEST(FrontMatter, ThatIsNeverClosedEndsWhereItStopsToLookLikeYaml) {
  const std::string text = "---\ntitle: A\nlist:\n  - x\n\n# Heading\n\nText\n";
  const FrontMatter matter = read_front_matter(text, kLimits);
  EXPECT_EQ(matter.root.text_of("title"), "A");
  EXPECT_EQ(text.substr(matter.body), "# Heading\n\nText\n");
  ASSERT_EQ(matter.faults.size(), 1u);
  EXPECT_NE(matter.faults[0].message.find("never closed"), std::string::npos);
}

TEST(FrontMatter, NamesAKeyThatACommentSwallowed) {
  const FrontMatter matter = read_front_matter(
      "---\nowasp-llm_references:\n  - llm01-2025  # Prompt Injectionnist-ai-600-1_references:\n"
      "  - 2-4  # Data Privacy\nmitigates:\n  - ri-1 # One related_mitigations:\n  - "
      "mi-1\n---\nBody",
      kLimits);
  ASSERT_EQ(matter.faults.size(), 2u);
  EXPECT_EQ(matter.faults[0].line, 3u);
  EXPECT_NE(matter.faults[0].message.find("nist-ai-600-1_references:"), std::string::npos);
  EXPECT_EQ(matter.faults[1].line, 6u);
  EXPECT_NE(matter.faults[1].message.find("'related_mitigations:'"), std::string::npos);
}

TEST(FrontMatter, HasNothingToSayAboutOrdinaryComments) {
  const FrontMatter matter = read_front_matter(
      "---\n# mitigates: nothing yet\na: 'x # mitigates: y'\nb:\n  - llm01 # LLM01:2025 Injection\n"
      "  - A-7-2    # ISO 42001: Data\n  - s # related_risks\n---\nBody",
      kLimits);
  EXPECT_TRUE(matter.faults.empty()) << matter.faults[0].message;
}

TEST(FrontMatter, KeepsTheBodyOfABomb) {
  std::string bomb = "---\ntitle: Bomb\na: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [" + fixtures::repeat("*" + before + ",", 10) + "]\n";
  }
  bomb += "---\nBody";
  const FrontMatter matter = read_front_matter(bomb, kLimits);
  EXPECT_EQ(bomb.substr(matter.body), "Body");
  EXPECT_EQ(matter.root.text_of("title"), "Bomb");
  EXPECT_FALSE(matter.faults.empty());
}

}  // namespace
}  // namespace govhost::content
