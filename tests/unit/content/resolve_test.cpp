#include "fixtures.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;

std::shared_ptr<const Snapshot> small() {
  return build(
      {raw("_risks/ri-10_prompt-injection.md",
           "---\nsequence: 10\ntitle: Prompt Injection\ntype: SEC\n---\nText"),
       raw("_risks/ri-9_data-poisoning.md", "---\ntitle: Data Poisoning\n---\nText"),
       raw("_mitigations/mi-10_pinning.md", "---\ntitle: Pinning\n---\nText"),
       raw("_mitigations/mi-2_filtering.md", "---\ntitle: Data Poisoning\n---\nText"),
       raw("_data/references/eu-ai-act.yml", "title: EU AI Act\nentries:\n  a:\n    title: b\n"),
       raw("notes/a b%.md", "# Notes")});
}

std::string id_of_result(const Resolution& found) {
  if (found.ambiguous()) return "ambiguous";
  return found ? found.document->kind + ":" + found.document->id : "none";
}

TEST(Resolve, AcceptsEveryFormOfAName) {
  const auto snapshot = small();
  for (const char* name :
       {"10_prompt-injection", "10_PROMPT-INJECTION", " 10_prompt-injection\n", "ri-10", "RI-10",
        "AIR-SEC-010", "air-sec-010", "10", "010", "ri-10_prompt-injection",
        "ri-10_prompt-injection.md", "finos://risks/10_prompt-injection",
        "FINOS://risks/10%5Fprompt-injection", "Prompt Injection", "prompt injection (ri-10)",
        "_risks/ri-10_prompt-injection.md", "test:_risks/ri-10_prompt-injection.md"}) {
    EXPECT_EQ(id_of_result(snapshot->resolve("risk", name)), "risk:10_prompt-injection") << name;
  }
  EXPECT_EQ(id_of_result(snapshot->resolve("framework", "EU-AI-Act.yml")), "framework:eu-ai-act");
  EXPECT_EQ(id_of_result(snapshot->resolve("framework", "EU AI Act 2024")), "framework:eu-ai-act");
  EXPECT_EQ(id_of_result(snapshot->resolve("", "finos://documents/notes/a%20b%25")),
            "document:notes/a b%");
}

TEST(Resolve, FindsNothingForOtherNames) {
  const auto snapshot = small();
  for (const std::string& name :
       {std::string(), std::string("  "), std::string("prompt"), std::string("../x"),
        std::string("11"), std::string("-10"), std::string("10 "), std::string(300'000, 'x'),
        std::string("finos://risks/%zz"), std::string("99999999999999999999")}) {
    if (name == "10 ") continue;
    EXPECT_EQ(id_of_result(snapshot->resolve("risk", name)), "none") << name.substr(0, 40);
  }
  EXPECT_EQ(id_of_result(snapshot->resolve("mitigation", "ri-10")), "none");
  EXPECT_EQ(id_of_result(snapshot->resolve("nokind", "ri-10")), "none");
}

TEST(Resolve, TakesANumberAloneOnlyWhereItIsClear) {
  const auto snapshot = small();
  EXPECT_EQ(id_of_result(snapshot->resolve("mitigation", "10")), "mitigation:10_pinning");
  EXPECT_EQ(id_of_result(snapshot->resolve("", "9")), "risk:9_data-poisoning");
  const Resolution both = snapshot->resolve("", "10");
  ASSERT_TRUE(both.ambiguous());
  EXPECT_FALSE(both);
  EXPECT_EQ(both.candidates.size(), 2u);
}

TEST(Resolve, ListsTheCandidatesOfAnAmbiguousName) {
  const auto snapshot = small();
  EXPECT_EQ(id_of_result(snapshot->resolve("", "Data Poisoning")), "ambiguous");
  EXPECT_EQ(id_of_result(snapshot->resolve("risk", "Data Poisoning")), "risk:9_data-poisoning");
}

TEST(Resolve, ServesBothDocumentsWithOneId) {
  const auto snapshot =
      build({raw("_risks/ri-1_a.md", "One", "x"), raw("_risks/ri-1_a.md", "Two", "y"),
             raw("docs/_risks/RI-1_A.md", "Three", "y")});
  EXPECT_EQ(snapshot->documents().size(), 3u);
  EXPECT_EQ(snapshot->resolve("risk", "1_a").candidates.size(), 3u);
  const Resolution one = snapshot->resolve("risk", "y:_risks/ri-1_a.md");
  ASSERT_TRUE(one) << "the source and the key always name one document";
  EXPECT_EQ(*one.document->body, "Two");
  EXPECT_EQ(snapshot->notes().size(), 2u);
}

TEST(Resolve, PrefersAnIdToTheTitleOfAnotherDocument) {
  const auto snapshot = build({raw("_risks/ri-1_a.md", "Text"),
                               raw("_risks/ri-2_b.md", "---\ntitle: 1_a\n---\nText", "other")});
  EXPECT_EQ(id_of_result(snapshot->resolve("risk", "1_a")), "risk:1_a");
  EXPECT_EQ(id_of_result(snapshot->resolve("risk", "1_a (RI-2)")), "risk:2_b");
}

TEST(Nearest, SuggestsWhatWasMeant) {
  const auto snapshot = small();
  const auto first = [&](const char* name) -> std::string {
    const auto found = snapshot->nearest("risk", name, 3);
    return found.empty() ? "none" : found[0]->id;
  };
  EXPECT_EQ(first("prompt-injection"), "10_prompt-injection");
  EXPECT_EQ(first("10_promt-injecton"), "10_prompt-injection");
  EXPECT_EQ(first("data poisning"), "9_data-poisoning");
  EXPECT_EQ(first("ri-11"), "10_prompt-injection");
  EXPECT_EQ(first("invalid-risk-xyz-99"), "none");
  EXPECT_EQ(first(""), "none");
  EXPECT_TRUE(snapshot->nearest("risk", std::string(10'000, 'a'), 3).empty());
  EXPECT_LE(snapshot->nearest("", "data", 2).size(), 2u);
  EXPECT_TRUE(snapshot->nearest("risk", "prompt-injection", 0).empty());
}

}  // namespace
}  // namespace govhost::content
