#include "content/snapshot.h"

#include "core/digest.h"
#include "fixtures.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;

std::vector<std::string> ids(const std::vector<const Document*>& documents) {
  std::vector<std::string> out;
  for (const Document* document : documents) out.push_back(document->id);
  return out;
}

TEST(Snapshot, OfNothingIsEmpty) {
  const auto snapshot = build({});
  EXPECT_TRUE(snapshot->documents().empty());
  EXPECT_TRUE(snapshot->kinds().empty());
  EXPECT_TRUE(snapshot->of_kind("risk").empty());
  EXPECT_FALSE(snapshot->resolve("", "a"));
  EXPECT_EQ(snapshot->digest(), to_hex(sha256("")));
}

TEST(Snapshot, SortsByKindThenFileName) {
  std::vector<KindRule> rules = aigf_profile();
  rules.push_back({"policy", "pol/*.md", ""});
  const auto snapshot = Snapshot::build(
      {raw("z.md", "T"), raw("pol/a.md", "T"), raw("_usecases/uc-1_a.md", "T"),
       raw("_data/f.yml", "a:\n  title: b\n"), raw("_mitigations/mi-1_a.md", "T"),
       raw("_risks/ri-2_a.md", "T"), raw("_risks/ri-1_a.md", "T"), raw("_risks/ri-10_a.md", "T"),
       raw("b/z.md", "T"), raw("z.md", "T", "earlier")},
      rules);
  std::vector<std::string> order;
  for (const Document& d : snapshot->documents()) {
    order.push_back(d.provenance.source + ":" + d.provenance.key);
  }
  EXPECT_EQ(order,
            (std::vector<std::string>{
                "test:_risks/ri-10_a.md", "test:_risks/ri-1_a.md", "test:_risks/ri-2_a.md",
                "test:_mitigations/mi-1_a.md", "test:_data/f.yml", "test:_usecases/uc-1_a.md",
                "earlier:z.md", "test:b/z.md", "test:z.md", "test:pol/a.md"}));
  EXPECT_EQ(snapshot->kinds(), (std::vector<std::string_view>{"risk", "mitigation", "framework",
                                                              "usecase", "document", "policy"}));
  EXPECT_EQ(snapshot->of_kind("risk").size(), 3u);
  EXPECT_EQ(snapshot->of_kind("document").size(), 3u);
  EXPECT_TRUE(snapshot->of_kind("Risk").empty());
}

TEST(Snapshot, LinksDocuments) {
  std::vector<KindRule> rules = aigf_profile();
  rules.push_back({"policy", "pol/*.md", ""});
  const auto snapshot =
      Snapshot::build({raw("_risks/ri-1_a.md", "---\nrelated_risks:\n  - ri-2\n  - RI-1\n---\nT"),
                       raw("_risks/ri-2_b.md", "---\nrelated_risks: [ri-1, ri-1, 1]\n---\nT"),
                       raw("_mitigations/mi-1_c.md", "---\nmitigates:\n  - ri-2\n  - ri-1\n---\nT"),
                       raw("pol/d.md", "---\nmitigates: [ri-2]\n---\nT")},
                      rules);
  const Document& one = *snapshot->resolve("risk", "ri-1").document;
  const Document& two = *snapshot->resolve("risk", "ri-2").document;
  const Document& control = *snapshot->resolve("mitigation", "mi-1").document;
  EXPECT_EQ(ids(snapshot->links_of(control, "mitigates")),
            (std::vector<std::string>{"2_b", "1_a"}));
  EXPECT_EQ(ids(snapshot->linking_to(two, "mitigates")), (std::vector<std::string>{"1_c", "d"}));
  EXPECT_EQ(ids(snapshot->links_of(two, "related_risks")), (std::vector<std::string>{"1_a"}))
      << "a target named twice is one link";
  EXPECT_EQ(ids(snapshot->linking_to(one, "related_risks")),
            (std::vector<std::string>{"1_a", "2_b"}))
      << "cycles are nothing special";
  EXPECT_TRUE(snapshot->linking_to(one, "other").empty());
  EXPECT_TRUE(snapshot->linking_to(Document{}, "mitigates").empty());
  EXPECT_TRUE(snapshot->notes().empty());
}

TEST(Snapshot, KeepsDanglingLinksAndNotesThem) {
  std::string list;
  for (int i = 50; i < 70; ++i) list += "  - ri-" + std::to_string(i) + "\n";
  const auto snapshot =
      build({raw("_mitigations/mi-1_a.md", "---\nmitigates:\n" + list + "---\nT")});
  const Document& document = snapshot->documents()[0];
  EXPECT_EQ(document.links.size(), 20u);
  EXPECT_FALSE(document.links[0].document);
  EXPECT_TRUE(snapshot->links_of(document, "mitigates").empty());
  ASSERT_EQ(snapshot->notes().size(), 1u) << "one note for one list";
  EXPECT_FALSE(snapshot->notes()[0].skipped);
  EXPECT_EQ(snapshot->notes()[0].line, 3u);
  EXPECT_EQ(
      snapshot->notes()[0].message,
      "_mitigations/mi-1_a.md, line 3: 'mitigates' names ri-50, ri-51, ri-52, ri-53, ri-54 and "
      "15 more, which no document, or more than one, answers to; correct the name");
}

TEST(Snapshot, LinksWithinASourceWhereTwoHaveTheName) {
  const auto snapshot =
      build({raw("_risks/ri-1_a.md", "A", "x"), raw("_risks/ri-1_b.md", "B", "y"),
             raw("_mitigations/mi-1_c.md", "---\nmitigates: [ri-1]\n---\nT", "y"),
             raw("_mitigations/mi-2_d.md", "---\nmitigates: [ri-1]\n---\nT", "z")});
  const auto of = [&](const char* id) {
    return ids(snapshot->links_of(*snapshot->resolve("mitigation", id).document, "mitigates"));
  };
  EXPECT_EQ(of("mi-1"), (std::vector<std::string>{"1_b"}));
  EXPECT_TRUE(of("mi-2").empty());
}

TEST(Snapshot, ResolvesReferences) {
  const auto snapshot =
      build({raw("_data/references/law.yml", "entries:\n  A-1:\n    title: One\n"),
             raw("_risks/ri-1_a.md",
                 "---\nlaw_references:\n  - a-1\n  - a-2\nno_references: [x]\n---\nT")});
  const Document& risk = snapshot->of_kind("risk")[0];
  ASSERT_EQ(risk.references.size(), 3u);
  EXPECT_TRUE(risk.references[0].place) << "keys are compared ignoring case";
  EXPECT_FALSE(risk.references[1].place);
  EXPECT_FALSE(risk.references[2].place);
  EXPECT_EQ(snapshot->notes().size(), 2u);
}

TEST(Snapshot, KeepsGivedNotesInFrontAndAddsItsOwn) {
  const auto snapshot = Snapshot::build({raw("b.md", ""), raw("a.md", "\xFF")}, aigf_profile(),
                                        {{"s", "k", 0, "given", false}});
  ASSERT_EQ(snapshot->notes().size(), 3u);
  EXPECT_EQ(snapshot->notes()[0].message, "given");
  EXPECT_EQ(snapshot->notes()[1].key, "a.md");
  EXPECT_TRUE(snapshot->notes()[2].skipped);
}

TEST(Digest, DoesNotDependOnTheOrder) {
  std::vector<RawDocument> documents;
  for (int i = 0; i < 40; ++i) {
    documents.push_back(raw("d" + std::to_string(i) + ".md", "text " + std::to_string(i)));
  }
  const std::string digest = build(documents)->digest();
  EXPECT_EQ(digest.size(), 64u);
  std::mt19937 random(1);
  std::shuffle(documents.begin(), documents.end(), random);
  EXPECT_EQ(build(documents)->digest(), digest);
}

TEST(Digest, ChangesWithContentAndPathOfServedDocumentsOnly) {
  const std::string digest = build({raw("a.md", "1"), raw("b.md", "2")})->digest();
  EXPECT_NE(build({raw("a.md", "1"), raw("b.md", "2 ")})->digest(), digest);
  EXPECT_NE(build({raw("a.md", "1"), raw("c.md", "2")})->digest(), digest);
  EXPECT_NE(build({raw("a.md", "1")})->digest(), digest);
  EXPECT_NE(build({raw("a.md", "2"), raw("b.md", "1")})->digest(), digest);
  EXPECT_EQ(build({raw("a.md", "1"), raw("b.md", "2"), raw("c.md", "")})->digest(), digest)
      << "what is left out does not count";
  RawDocument other = raw("a.md", "1", "other name");
  other.version = "7";
  EXPECT_EQ(build({other, raw("b.md", "2")})->digest(), digest);
}

TEST(Digest, IsTheMerkleRootOfRfc6962) {
  const auto bytes = [](const Digest& digest) {
    return std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
  };
  const auto leaf = [&](const std::string& path, const std::string& content) {
    return bytes(sha256(std::string(1, '\0') + path + '\0' + to_hex(sha256(content))));
  };
  const auto node = [&](const std::string& a, const std::string& b) {
    return bytes(sha256('\x01' + a + b));
  };
  const std::string root = node(node(leaf("a.md", "1"), leaf("b.md", "2")), leaf("c.md", "3"));
  const auto snapshot = build({raw("c.md", "3"), raw("a.md", "1"), raw("b.md", "2")});
  EXPECT_EQ(snapshot->digest(),
            to_hex({reinterpret_cast<const std::uint8_t*>(root.data()), root.size()}));
}

}  // namespace
}  // namespace govhost::content
