#include "content/markdown.h"

#include "content/outline.h"
#include "core/text.h"
#include "fixtures.h"

#include <cmark-gfm.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace govhost::content {
namespace {

using fixtures::repeat;
using Headings = std::vector<std::pair<int, int>>;  // line and level

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> out;
  for (const Section& section : read_sections(text)) out.push_back(section.heading);
  return out;
}

Headings headings(const std::string& text) {
  Headings out;
  cmark_node* root = cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT);
  for (cmark_node* node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING) continue;
    out.emplace_back(cmark_node_get_start_line(node), cmark_node_get_heading_level(node));
  }
  cmark_node_free(root);
  return out;
}

TEST(Sections, CoverTheBody) {
  const std::string body = "Intro\n# One\ntext 1\n## Two\ntext 2\n### Three\n## Four\n# Five";
  const std::vector<Section> s = read_sections(body);
  ASSERT_EQ(s.size(), 5u);
  EXPECT_EQ(s[0].heading, "One");
  EXPECT_EQ(s[0].level, 1);
  EXPECT_EQ(body.substr(s[0].begin, s[0].text - s[0].begin), "# One\n");
  EXPECT_EQ(body.substr(s[0].text, s[0].end - s[0].text), "text 1\n");
  EXPECT_EQ(body.substr(s[1].begin, s[1].subtree_end - s[1].begin), "## Two\ntext 2\n### Three\n");
  EXPECT_EQ(s[0].subtree_end, s[4].begin);
  EXPECT_EQ(s[4].end, body.size());
  EXPECT_EQ(s[4].subtree_end, body.size());
}

TEST(Sections, AreThoseOfMarkdownNotOfLinesWithANumberSign) {
  EXPECT_EQ(names("```\n# no\n```\n# yes\n    # no\n\n~~~ x\n## no\n~~~\n\n#no\n\\# no\n"),
            (std::vector<std::string>{"yes"}));
  EXPECT_EQ(names("<!--\n# no\n-->\n\n# yes\n"), (std::vector<std::string>{"yes"}));
  EXPECT_EQ(names("<!-- a\n\n# no\ntext -->\n# yes\n"), (std::vector<std::string>{"yes"}));
  EXPECT_EQ(names("<div>\n# no\n</div>\n\n# yes\n"), (std::vector<std::string>{"yes"}));
  EXPECT_EQ(names("> # quoted\n\n- # listed\n\n# yes\n"), (std::vector<std::string>{"yes"}));
}

TEST(Sections, MayBeUnderlined) {
  const std::string body = "One\n===\ntext\n\nTwo *and*\nmore\n---\nend\n\n[a]: b\n---\n";
  const std::vector<Section> s = read_sections(body);
  ASSERT_EQ(s.size(), 2u);
  EXPECT_EQ(s[0].heading, "One");
  EXPECT_EQ(s[0].level, 1);
  EXPECT_EQ(body.substr(s[0].text, 4), "text");
  EXPECT_EQ(s[1].heading, "Two and more");
  EXPECT_EQ(s[1].level, 2);
  EXPECT_EQ(body.substr(s[1].text, 3), "end");
}

TEST(Sections, HavePlainNames) {
  EXPECT_EQ(names("## **Bold** and `code_x` [link](http://a) &amp; ![alt](b) <b>c</b> \\* ##\n"),
            (std::vector<std::string>{"Bold and code_x link & alt c *"}));
  EXPECT_EQ(names("#  Simple  #\n## C#\n### \n"), (std::vector<std::string>{"Simple", "C#", ""}));
  EXPECT_EQ(names("##\xC2\xA0 Links\n"), (std::vector<std::string>{"Links"}))
      << "a no-break space behind the signs";
}

TEST(Anchors, AreThoseOfGithub) {
  Anchors anchors;
  EXPECT_EQ(anchors.make("Financial Services Impact"), "financial-services-impact");
  EXPECT_EQ(anchors.make("1. Key (Principles): A/B & C_d"), "1-key-principles-ab--c_d");
  EXPECT_EQ(anchors.make("\xC3\x9C"
                         "ber \xE2\x80\x94 uns \xF0\x9F\x98\x80"),
            "\xC3\x9C"
            "ber--uns-");
  EXPECT_EQ(anchors.make("!?"), "section");
}

TEST(Anchors, AreUnique) {
  Anchors anchors;
  std::set<std::string> seen;
  for (const char* name : {"a", "a", "a-1", "a", "a-1", "a-1-1", "a-2", "A"}) {
    EXPECT_TRUE(seen.insert(anchors.make(name)).second) << name;
  }
  EXPECT_TRUE(seen.contains("a"));
  EXPECT_TRUE(seen.contains("a-1"));
}

TEST(Outline, HasTheHeadingsOfAllRealFiles) {
  for (const RawDocument& document : fixtures::all_real_documents()) {
    if (!document.key.ends_with(".md")) continue;
    const std::string text = replace_all(document.bytes, "#\xC2\xA0", "# ");
    EXPECT_EQ(headings(outline_of(text)), headings(text)) << document.key;
  }
}

// Random mixtures of everything that decides about blocks. The seed is fixed.
TEST(Outline, HasTheHeadingsOfRandomText) {
  const std::vector<std::string> parts = {
      "#",        "# ",  "## ",  "a",      "word two",   "```",       "~~~",    "```x",
      "` `",      "- ",  "* ",   "1. ",    "> ",         "---",       "===",    "***",
      "    ",     "\t",  "<!--", "-->",    "<div",       ">",         "<a>",    "</script",
      "<script>", "<?",  "?>",   "[a](b)", "[x]",        "]",         "!",      "|",
      "**b**",    "_i_", "\\",   "&amp;",  "<http://a>", "<![CDATA[", "]]>",    "+",
      "=",        "1",   ".",    ")",      "\xC3\xA4",   "<pre>",     "</pre>", "#hash",
      "## x ##",  " "};
  std::mt19937 random(20260731);
  std::size_t found = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t line = random() % 12 + 2; line > 0; --line) {
      for (std::size_t part = random() % 4; part > 0; --part)
        text += parts[random() % parts.size()];
      text += '\n';
    }
    found += headings(text).size();
    ASSERT_EQ(headings(outline_of(text)), headings(text)) << "round " << round << ":\n" << text;
  }
  EXPECT_GT(found, 5'000u);
}

TEST(Sections, TakeLittleTimeOnTextMadeToBeSlow) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read_sections(repeat("# a\n", 100'000)).size(), 100'000u);
  EXPECT_EQ(read_sections(repeat("## a *b*\n", 100'000)).size(), 100'000u);
  EXPECT_EQ(read_sections(repeat("![[]()", 200'000) + "\n\n# a").size(), 1u);
  EXPECT_EQ(read_sections(repeat("![[]()\n", 200'000) + "\n# a").size(), 1u);
  EXPECT_EQ(read_sections("# " + repeat("![[]()", 200'000)).size(), 1u);
  EXPECT_EQ(read_sections(repeat("<a![[]()\n", 100'000)).size(), 0u);
  read_sections(repeat(">", 1'000'000));
  read_sections(repeat("- ", 500'000));
  read_sections(repeat("a\n", 500'000) + "===\n");
  read_sections(repeat("[a]: b\n", 100'000));
  read_sections(repeat("`", 1'000'000));
  const auto taken = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(taken, std::chrono::seconds(30)) << "quadratic time would take minutes";
}

TEST(Sections, AreNoneInEmptyText) {
  EXPECT_TRUE(read_sections("").empty());
  EXPECT_TRUE(read_sections("\n\n").empty());
}

}  // namespace
}  // namespace govhost::content
