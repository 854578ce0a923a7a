#include "content/reader.h"

#include "core/digest.h"
#include "fixtures.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace govhost::content {
namespace {

using fixtures::raw;

DocumentRead read(std::string key, std::string bytes, const ReadLimits& limits = {}) {
  return read_document(raw(std::move(key), std::move(bytes)), aigf_profile(), limits);
}

std::string reason(const DocumentRead& read) {
  if (read.document || read.notes.empty() || !read.notes[0].skipped) return "not skipped";
  return read.notes[0].message;
}

TEST(Reader, ReadsARisk) {
  const std::string bytes =
      "---\nsequence: 10\ntitle: Prompt Injection\ndoc-status: Draft\ntype: SEC\nlicense: "
      "CC-BY-4.0\n"
      "description: About it\nowasp-llm_references:\n  - llm01-2025\nrelated_risks:\n  - "
      "ri-2\n---\n\n"
      "## Summary\n\nText\n";
  const DocumentRead got = read("docs/_risks/ri-10_prompt-injection.md", bytes);
  ASSERT_TRUE(got.document);
  EXPECT_TRUE(got.notes.empty());
  const Document& d = *got.document;
  EXPECT_EQ(d.kind, "risk");
  EXPECT_EQ(d.id, "10_prompt-injection");
  EXPECT_EQ(d.number, 10);
  EXPECT_EQ(d.short_id, "ri-10");
  EXPECT_EQ(d.public_id, "AIR-SEC-010");
  EXPECT_EQ(d.title, "Prompt Injection (RI-10)");
  EXPECT_EQ(d.plain_title, "Prompt Injection");
  EXPECT_EQ(d.filename, "ri-10_prompt-injection.md");
  EXPECT_EQ(d.uri, "finos://risks/10_prompt-injection");
  EXPECT_EQ(d.status, "Draft");
  EXPECT_EQ(d.description, "About it");
  EXPECT_EQ(d.provenance.licence, "CC-BY-4.0");
  EXPECT_EQ(d.provenance.sha256, to_hex(sha256(bytes)));
  EXPECT_EQ(*d.body, "## Summary\n\nText");
  EXPECT_EQ(d.sections.size(), 1u);
  EXPECT_EQ(d.attributes->at("sequence"), 10);
  ASSERT_EQ(d.references.size(), 1u);
  EXPECT_EQ(d.references[0].framework, "owasp-llm");
  EXPECT_EQ(d.references[0].entry, "llm01-2025");
  EXPECT_EQ(d.references[0].line, 9u);
  ASSERT_EQ(d.links.size(), 1u);
  EXPECT_EQ(d.links[0].type, "related_risks");
  EXPECT_EQ(d.links[0].target, "ri-2");
}

TEST(Reader, ServesAFileThatNoRuleNames) {
  const DocumentRead got = read("docs/notes/README.md", "# The Title\n\nText");
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "document");
  EXPECT_EQ(got.document->id, "docs/notes/README");
  EXPECT_EQ(got.document->uri, "finos://documents/docs/notes/README");
  EXPECT_EQ(got.document->title, "The Title");
  EXPECT_EQ(got.document->short_id, "");
  EXPECT_TRUE(got.document->attributes->empty());
  EXPECT_TRUE(got.document->attributes->is_object());
}

TEST(Reader, ReadsOtherKindsFromTheirRules) {
  const std::vector<KindRule> rules = {{"policy", "policies/*.md", "pol-"}};
  const DocumentRead got =
      read_document(raw("policies/pol-3_travel.md", "---\nmitigates: ri-10\n---\nText"), rules);
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "policy");
  EXPECT_EQ(got.document->id, "3_travel");
  EXPECT_EQ(got.document->short_id, "pol-3");
  EXPECT_EQ(got.document->public_id, "");
  EXPECT_EQ(got.document->title, "Travel (POL-3)");
  EXPECT_EQ(got.document->uri, "finos://policies/3_travel");
  ASSERT_EQ(got.document->links.size(), 1u) << "one name may stand in place of a list";
  EXPECT_EQ(got.document->links[0].target, "ri-10");
}

TEST(Reader, TakesTitlesFromFrontMatterThenSourceThenHeadingThenName) {
  EXPECT_EQ(read("a-b.md", "---\ntitle: T\n---\n# H").document->title, "T");
  EXPECT_EQ(read("a-b.md", "## Two\n# H").document->title, "H");
  EXPECT_EQ(read("a-b.md", "## Two").document->title, "A B");
  RawDocument named = raw("a-b.md", "# H");
  named.title = "From the source";
  EXPECT_EQ(read_document(std::move(named), {}).document->title, "From the source");
}

TEST(Reader, ReadsMixedCaseFileNames) {
  const DocumentRead got = read("docs/_Risks/RI-10_Prompt-Injection.MD", "Text");
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "risk");
  EXPECT_EQ(got.document->id, "10_Prompt-Injection");
  EXPECT_EQ(got.document->short_id, "ri-10");
  EXPECT_EQ(got.document->title, "Prompt Injection (RI-10)");
}

TEST(Reader, NormalisesLineEndsAndNothingElse) {
  EXPECT_EQ(
      *read("a.md", "\xEF\xBB\xBF---\r\ntitle: A\r\n---\r\n\r\n  \r\na\r\n\n\n\nb\rc  \r\n\r\n")
          .document->body,
      "a\n\n\n\nb\nc  ");
  EXPECT_EQ(*read("a.md", "\n    code\n").document->body, "    code");
  EXPECT_EQ(*read("a.md", "\xEF\xAC\x81n\xC2\xA0x").document->body, "\xEF\xAC\x81n\xC2\xA0x");
}

TEST(Reader, NotesFaultsWithFileAndLine) {
  const DocumentRead got = read("_risks/ri-1_a.md", "---\ntitle: A: b\ntype: SEC\n---\nText");
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->title, "A: b (RI-1)");
  ASSERT_FALSE(got.notes.empty());
  EXPECT_FALSE(got.notes[0].skipped);
  EXPECT_EQ(got.notes[0].line, 2u);
  EXPECT_TRUE(got.notes[0].message.starts_with("_risks/ri-1_a.md, line 2: "));
}

TEST(Reader, NotesASequenceThatIsNotTheNumber) {
  const DocumentRead got = read("_risks/ri-1_a.md", "---\nsequence: 2\ntype: RC\n---\nText");
  EXPECT_EQ(got.document->short_id, "ri-1");
  EXPECT_EQ(got.document->public_id, "AIR-RC-002");
  ASSERT_EQ(got.notes.size(), 1u);
  EXPECT_EQ(got.notes[0].line, 2u);
}

TEST(Reader, NotesItemsThatAreNoNamesButNotWithoutEnd) {
  const DocumentRead got =
      read("_risks/ri-1_a.md",
           "---\nrelated_risks:\n" + fixtures::repeat("  - a: b\n", 500) + "---\nText");
  EXPECT_TRUE(got.document->links.empty());
  EXPECT_EQ(got.notes.size(), 20u);
}

TEST(Reader, LeavesOutWhatIsNoText) {
  EXPECT_EQ(reason(read("a.md", "one\ntw\xE9 o")),
            "a.md is not UTF-8: byte 0xe9 at byte 6 (line 2); save it as UTF-8");
  EXPECT_EQ(reason(read("a.md", "\xFF\xFEh\0i")), "a.md is UTF-16; save it as UTF-8");
  EXPECT_EQ(reason(read("a.md", std::string("h\0i\0", 4))),
            "a.md is no text: a NUL byte at byte 1 (line 1); save it as UTF-8 text");
  EXPECT_EQ(reason(read("a.md", " \r\n\t\n")), "a.md is empty; write its text or delete it");
  EXPECT_EQ(reason(read("a.md", "\xEF\xBB\xBF\n")), "a.md is empty; write its text or delete it");
  EXPECT_EQ(reason(read("a.md", "")), "a.md is empty; write its text or delete it");
  EXPECT_NE(reason(read("a/", "x")), "not skipped");
  EXPECT_NE(reason(read("\xFF.md", "x")), "not skipped");
}

TEST(Reader, LeavesOutWhatIsLargerThanTheLimit) {
  ReadLimits limits;
  limits.document_bytes = 100;
  EXPECT_TRUE(read("a.md", std::string(100, 'x'), limits).document);
  EXPECT_EQ(reason(read("a.md", std::string(101, 'x'), limits)),
            "a.md has 101 bytes, more than the limit of 100; split it or raise the limit");
  EXPECT_FALSE(read("a.md", std::string(std::size_t{200} << 20, 'x')).document);
}

TEST(Reader, TakesYamlOfTheRightShapeForAFramework) {
  const std::string yaml = "---\nentries:\n  a-1:\n    title: One\n    url: u\ntitle: My Law\n";
  const DocumentRead got = read("_data/references/my-law.yml", yaml);
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "framework");
  EXPECT_EQ(got.document->id, "my-law");
  EXPECT_EQ(got.document->title, "My Law");
  EXPECT_EQ(got.document->uri, "finos://frameworks/my-law");
  ASSERT_EQ(got.document->entries.size(), 1u);
  EXPECT_EQ(got.document->attributes->at("title"), "My Law");
  EXPECT_FALSE(got.document->attributes->contains("entries"));
  EXPECT_TRUE(got.document->body->starts_with("# My Law\n"));
}

TEST(Reader, ServesOtherYamlAsItStands) {
  const DocumentRead got = read("docs/_data/data_classes.yml", "# a comment\nlevels:\n  - low\n");
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "document");
  EXPECT_EQ(got.document->id, "docs/_data/data_classes");
  EXPECT_EQ(got.document->title, "Data Classes");
  EXPECT_EQ(*got.document->body, "# a comment\nlevels:\n  - low");
  EXPECT_TRUE(got.document->sections.empty()) << "a comment is no heading";
}

TEST(Reader, KeepsAFrameworkWithABrokenLine) {
  const DocumentRead got = read("_data/references/my-law.yml",
                                "title: L\nentries:\n  a:\n    title: One: two\n    url: u\n"
                                "  b:\n    title: 'Three\n    url: v\n");
  ASSERT_TRUE(got.document);
  EXPECT_EQ(got.document->kind, "framework");
  ASSERT_EQ(got.document->entries.size(), 2u);
  EXPECT_EQ(got.document->entries[0].title, "One: two");
  EXPECT_EQ(got.document->entries[1].url, "v");
  ASSERT_FALSE(got.notes.empty());
  EXPECT_EQ(got.notes[0].line, 4u);
}

TEST(Reader, ServesAFileWhoseFrontMatterIsNeverClosed) {
  const DocumentRead got = read("_risks/ri-1_a.md", "---\ntitle: A\n\n## Summary\n\nText");
  EXPECT_EQ(got.document->title, "A (RI-1)");
  EXPECT_EQ(*got.document->body, "## Summary\n\nText");
  ASSERT_EQ(got.notes.size(), 1u);
  const DocumentRead all = read("a.md", "---\ntitle: A\n");
  ASSERT_TRUE(all.document);
  EXPECT_EQ(*all.document->body, "");
}

}  // namespace
}  // namespace govhost::content
