// Facts about the FINOS AI Governance Framework that the host must reproduce. The text itself is
// not part of this repository.
#include "core/utf8.h"
#include "fixtures.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace govhost::content {
namespace {

class Aigf : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(GOVHOST_AIGF_DIR "/docs")) {
      GTEST_SKIP() << "THE AI GOVERNANCE FRAMEWORK IS NOT CHECKED: no folder " GOVHOST_AIGF_DIR
                      "/docs; configure with -DGOVHOST_AIGF_DIR=<checkout>";
    }
    raw_ = fixtures::read_folder(GOVHOST_AIGF_DIR);
    snapshot_ = fixtures::build(raw_);
  }

  const Document& get(std::string_view kind, std::string_view name) const {
    const Resolution found = snapshot_->resolve(kind, name);
    EXPECT_TRUE(found) << name;
    return found ? *found.document : snapshot_->documents()[0];
  }

  static std::vector<std::string> headings(const Document& document) {
    std::vector<std::string> out;
    for (const Section& section : document.sections) out.push_back(section.heading);
    return out;
  }

  std::size_t count_links(std::string_view kind, std::string_view type) const {
    std::size_t count = 0;
    for (const Document& document : snapshot_->of_kind(kind)) {
      count += static_cast<std::size_t>(
          std::count_if(document.links.begin(), document.links.end(),
                        [type](const Link& link) { return link.type == type && link.document; }));
    }
    return count;
  }

  std::vector<RawDocument> raw_;
  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_F(Aigf, DropsNothingAndHasNothingToNote) {
  EXPECT_EQ(snapshot_->documents().size(), raw_.size());
  for (const Note& note : snapshot_->notes()) ADD_FAILURE() << note.message;
}

TEST_F(Aigf, HasItsDocuments) {
  EXPECT_EQ(snapshot_->of_kind("risk").size(), 23u);
  EXPECT_EQ(snapshot_->of_kind("mitigation").size(), 23u);
  EXPECT_EQ(snapshot_->of_kind("framework").size(), 9u);
  EXPECT_EQ(snapshot_->of_kind("usecase").size(), 4u);
  EXPECT_EQ(get("usecase", "index").filename, "uc-index.md");
}

TEST_F(Aigf, IsTheSameFromItsDocsFolder) {
  const auto inner = fixtures::build(fixtures::read_folder(GOVHOST_AIGF_DIR "/docs"));
  for (const char* kind : {"risk", "mitigation", "framework", "usecase"}) {
    EXPECT_EQ(inner->of_kind(kind).size(), snapshot_->of_kind(kind).size()) << kind;
  }
}

TEST_F(Aigf, ListsInTheOrderOfFileNames) {
  const auto numbers = [&](const char* kind) {
    std::vector<int> out;
    for (const Document& document : snapshot_->of_kind(kind))
      out.push_back(document.number.value());
    return out;
  };
  EXPECT_EQ(numbers("risk"), (std::vector<int>{10, 14, 16, 17, 18, 19, 1, 20, 22, 23, 24, 25,
                                               26, 27, 28, 29, 2,  4,  5, 6,  7,  8,  9}));
  EXPECT_EQ(numbers("mitigation"), (std::vector<int>{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 1, 20,
                                                     21, 22, 23, 2,  3,  4,  5,  6,  7,  8,  9}));
}

TEST_F(Aigf, HasTheNamesThatClientsKnow) {
  const Document& first = snapshot_->of_kind("risk")[0];
  EXPECT_EQ(first.id, "10_prompt-injection");
  EXPECT_EQ(first.title, "Prompt Injection (RI-10)");
  EXPECT_EQ(first.filename, "ri-10_prompt-injection.md");
  EXPECT_EQ(first.public_id, "AIR-SEC-010");
  EXPECT_EQ(get("mitigation", "mi-1").public_id, "AIR-DET-001");
  EXPECT_EQ(get("mitigation", "mi-1").title, "AI Data Leakage Prevention and Detection (MI-1)");
  EXPECT_EQ(get("mitigation", "mi-20").title, "MCP Server Security Governance (MI-20)");
  EXPECT_EQ(get("risk", "ri-16").title, "Bias and Discrimination (RI-16)");
  EXPECT_EQ(get("risk", "9_data-poisoning").title, "Data Poisoning (RI-9)");
  EXPECT_TRUE(get("risk", "ri-1").title.ends_with(" (RI-1)"));
  EXPECT_EQ(get("mitigation", "mi-15").id,
            "15_using-large-language-models-for-automated-evaluation-llm-as-a-judge-");
  EXPECT_EQ(get("usecase", "uc-1").title, "Credit Risk Analysis (UC-1)");
}

TEST_F(Aigf, HasTheSectionsThatClientsKnow) {
  EXPECT_EQ(headings(get("risk", "ri-10")),
            (std::vector<std::string>{"Summary", "Description", "Types of Prompt Injection",
                                      "Financial Services Impact",
                                      "Model Profiling and Inversion Risks", "Links"}));
  EXPECT_EQ(headings(get("risk", "ri-9")),
            (std::vector<std::string>{"Summary", "Description", "Links"}));
  const std::vector<std::string> leakage = headings(get("mitigation", "mi-1"));
  ASSERT_EQ(leakage.size(), 17u);
  EXPECT_EQ(leakage.front(), "Purpose");
  EXPECT_EQ(leakage.back(), "Importance and Benefits");
  EXPECT_TRUE(get("risk", "ri-10").body->starts_with("## Summary"));
  EXPECT_EQ(get("risk", "ri-10").body->find("owasp-llm_references"), std::string::npos);
}

TEST_F(Aigf, HasBodiesOfTheKnownLength) {
  // Code points; the reference server's are a few less where it merges blank lines.
  const std::map<std::string, std::size_t> lengths = {
      {"mi-1", 8931}, {"mi-4", 10322}, {"mi-9", 7557}, {"mi-15", 12453}, {"mi-21", 18531}};
  for (const auto& [name, length] : lengths) {
    EXPECT_EQ(count_code_points(*get("mitigation", name).body), length) << name;
  }
  for (const char* kind : {"risk", "mitigation"}) {
    for (const Document& document : snapshot_->of_kind(kind)) {
      EXPECT_GT(document.body->size(), 2000u) << document.id;
      EXPECT_FALSE(document.sections.empty()) << document.id;
    }
  }
}

TEST_F(Aigf, HasItsFrameworkEntries) {
  const std::map<std::string, std::size_t> counts = {
      {"canada-regulations", 60}, {"eu-ai-act", 306},    {"ffiec-itbooklets", 109},
      {"iso-42001", 27},          {"nist-ai-600-1", 12}, {"nist-sp-800-53r5", 321},
      {"owasp-llm", 10},          {"owasp-ml", 10},      {"sr11-7", 15}};
  std::size_t all = 0;
  for (const Document& framework : snapshot_->of_kind("framework")) {
    ASSERT_TRUE(counts.contains(framework.id)) << framework.id;
    EXPECT_EQ(framework.entries.size(), counts.at(framework.id)) << framework.id;
    EXPECT_EQ(framework.sections.size(), framework.entries.size() + 3) << framework.id;
    EXPECT_GT(framework.body->size(), 1500u) << framework.id;
    EXPECT_LT(framework.body->size(), 1'000'000u) << framework.id;
    all += framework.entries.size();
  }
  EXPECT_EQ(all, 870u);
  const Document& act = get("framework", "eu-ai-act");
  EXPECT_TRUE(act.body->starts_with("# EU AI Act 2024\n"));
  EXPECT_NE(act.body->find("c3-s2-a14"), std::string::npos);
  EXPECT_NE(act.body->find("III.S2.A14"), std::string::npos);
  EXPECT_NE(get("framework", "nist-sp-800-53r5").body->find("AC-1 Policy And Procedures"),
            std::string::npos);
  EXPECT_EQ(get("framework", "nist-ai-600-1").title, "NIST AI 600-1 Framework");
  EXPECT_EQ(get("framework", "owasp-llm").title, "OWASP LLM Top 10");
}

TEST_F(Aigf, HasItsLinksAndReferences) {
  EXPECT_EQ(count_links("mitigation", "mitigates"), 81u);
  EXPECT_EQ(count_links("risk", "related_risks"), 59u);
  EXPECT_EQ(count_links("mitigation", "related_mitigations"), 63u);
  EXPECT_EQ(count_links("usecase", "related_risks"), 16u);
  EXPECT_EQ(count_links("usecase", "related_mitigations"), 11u);
  std::map<std::string, std::size_t> references;
  for (const Document& document : snapshot_->documents()) {
    for (const Reference& reference : document.references) {
      EXPECT_TRUE(reference.place) << document.id << " " << reference.entry;
      ++references[document.kind];
    }
  }
  EXPECT_EQ(references["risk"] + references["mitigation"], 504u);
  EXPECT_EQ(references["usecase"], 21u);
}

TEST_F(Aigf, MapsRisksToMitigations) {
  const std::map<int, std::vector<int>> expected = {{1, {1, 2, 4, 6, 7, 12, 15, 20}},
                                                    {2, {6, 14, 16}},
                                                    {4, {5, 6, 13, 15}},
                                                    {5, {4, 5, 10, 11, 15}},
                                                    {6, {4, 5, 10, 11, 15}},
                                                    {7, {3, 4, 8, 9, 17}},
                                                    {8, {7, 12, 20}},
                                                    {9, {2, 6, 12}},
                                                    {10, {3, 17, 19}},
                                                    {14, {4, 5, 11, 15}},
                                                    {16, {5, 6, 11, 15}},
                                                    {17, {13}},
                                                    {18, {3, 4, 17, 18}},
                                                    {19, {4, 6, 15}},
                                                    {20, {3, 7, 11, 13, 17}},
                                                    {22, {5, 6, 7, 13, 14, 16, 21}},
                                                    {23, {6, 7}},
                                                    {24, {18, 19, 21, 22, 23}},
                                                    {25, {19, 21}},
                                                    {26, {20, 23}},
                                                    {27, {22}},
                                                    {28, {22}},
                                                    {29, {23}}};
  std::map<int, std::vector<int>> found;
  for (const Document& risk : snapshot_->of_kind("risk")) {
    std::vector<int>& numbers = found[risk.number.value()];
    for (const Document* control : snapshot_->linking_to(risk, "mitigates")) {
      numbers.push_back(control->number.value());
    }
    std::sort(numbers.begin(), numbers.end());
  }
  EXPECT_EQ(found, expected);
}

TEST_F(Aigf, ResolvesEveryNameOfEveryDocument) {
  for (const Document& d : snapshot_->documents()) {
    for (const std::string& name : {d.id, d.title, d.plain_title, d.filename, d.uri, d.short_id,
                                    d.public_id, d.provenance.key}) {
      if (name.empty() || name == "README.md") continue;  // there are two of that name
      EXPECT_EQ(snapshot_->resolve(d.kind, name).document, &d) << name;
    }
  }
}

}  // namespace
}  // namespace govhost::content
