// Facts about the graph of the FINOS AI Governance Framework that its documents imply. The text
// itself is not part of this repository.
#include "fixtures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace govhost::content {
namespace {

class AigfGraph : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(GOVHOST_AIGF_DIR "/docs")) {
      GTEST_SKIP() << "THE AI GOVERNANCE FRAMEWORK IS NOT CHECKED: no folder " GOVHOST_AIGF_DIR
                      "/docs; configure with -DGOVHOST_AIGF_DIR=<checkout>";
    }
    snapshot_ = fixtures::build(fixtures::read_folder(GOVHOST_AIGF_DIR));
  }
  const Graph& graph() const { return snapshot_->graph(); }

  // Short ids of those who cite the entry, in ascending order.
  std::set<std::string> citing(const char* framework, const char* key) const {
    const Document* const document = snapshot_->resolve(kFramework, framework).document;
    const auto found = snapshot_->entry_index().find(key, document, {});
    EXPECT_EQ(found.entries.size(), 1u) << key;
    std::set<std::string> out;
    for (const NodeId id : found.entries) {
      for (const NodeId by : graph().in(id, EdgeType::kReferences)) {
        if (graph().document(by).kind != kUseCase) out.insert(graph().document(by).short_id);
      }
    }
    return out;
  }

  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_F(AigfGraph, HasAllItsEdgesAndNoneThatDangles) {
  EXPECT_EQ(graph().edges(EdgeType::kMitigates), 81u);
  EXPECT_EQ(graph().edges(EdgeType::kRelatedRisks), 59u + 16u) << "of risks and of use cases";
  EXPECT_EQ(graph().edges(EdgeType::kRelatedMitigations), 63u + 11u);
  EXPECT_EQ(graph().edges(EdgeType::kReferences), 504u + 21u);
  EXPECT_EQ(graph().size(), snapshot_->documents().size() + 870u);
  EXPECT_TRUE(graph().dangling().empty());
  for (const Document& risk : snapshot_->of_kind(kRisk))
    EXPECT_FALSE(graph().in(graph().id_of(risk), EdgeType::kMitigates).empty()) << risk.id;
}

TEST_F(AigfGraph, RelatesSomeRisksInOneDirectionOnly) {
  std::size_t one_way = 0;
  for (const Document& risk : snapshot_->of_kind(kRisk)) {
    const NodeId from = graph().id_of(risk);
    for (const NodeId to : graph().out(from, EdgeType::kRelatedRisks)) {
      const auto back = graph().out(to, EdgeType::kRelatedRisks);
      one_way += std::find(back.begin(), back.end(), from) == back.end() ? 1 : 0;
    }
  }
  EXPECT_EQ(one_way, 25u);
}

TEST_F(AigfGraph, CitesFrameworksFromTheKnownNumberOfDocuments) {
  std::map<std::string, std::map<std::string, std::set<NodeId>>> citing;
  for (const char* kind : {kRisk, kMitigation}) {
    for (const Document& document : snapshot_->of_kind(kind)) {
      const NodeId from = graph().id_of(document);
      for (const NodeId to : graph().out(from, EdgeType::kReferences))
        citing[kind][graph().document(to).id].insert(from);
    }
  }
  std::map<std::string, std::map<std::string, std::size_t>> counts;
  for (const auto& [kind, frameworks] : citing)
    for (const auto& [framework, documents] : frameworks)
      counts[kind][framework] = documents.size();
  const std::map<std::string, std::map<std::string, std::size_t>> expected = {
      {"risk",
       {{"canada-regulations", 8},
        {"eu-ai-act", 17},
        {"ffiec-itbooklets", 17},
        {"nist-ai-600-1", 10},
        {"nist-sp-800-53r5", 1},
        {"owasp-llm", 15},
        {"owasp-ml", 5}}},
      {"mitigation", {{"eu-ai-act", 5}, {"iso-42001", 18}, {"nist-sp-800-53r5", 23}}}};
  EXPECT_EQ(counts, expected);
}

TEST_F(AigfGraph, AnswersTheKnownCrosswalks) {
  using Names = std::set<std::string>;
  EXPECT_EQ(citing("owasp-llm", "llm01-2025"), (Names{"ri-10", "ri-25", "ri-29"}));
  EXPECT_EQ(citing("eu-ai-act", "c3-s2-a14"),
            (Names{"ri-6", "ri-10", "ri-14", "ri-16", "ri-17", "ri-18", "ri-20", "mi-11"}));
  EXPECT_EQ(citing("nist-sp-800-53r5", "ac-4"),
            (Names{"mi-1", "mi-2", "mi-3", "mi-6", "mi-16", "mi-17", "mi-22"}));
}

TEST_F(AigfGraph, KnowsEntriesByWhatPeopleCallThem) {
  const std::map<std::string, std::string> expected = {{"EU AI Act Article 14", "c3-s2-a14"},
                                                       {"AC-4", "ac-4"},
                                                       {"NIST SP 800-53 AC-4", "ac-4"},
                                                       {"LLM01", "llm01-2025"},
                                                       {"OWASP LLM prompt injection", "llm01-2025"},
                                                       {"ISO 42001 A.6.2.4", "A-6-2-4"},
                                                       {"NI 31-103 s. 13.3", "ni-31-103-s13-3"},
                                                       {"SR 11-7 model inventory", "s4-inventory"},
                                                       {"2.12", "2-12"}};
  for (const auto& [text, key] : expected) {
    const auto found = snapshot_->entry_index().find(text, nullptr, {});
    ASSERT_FALSE(found.entries.empty()) << text;
    EXPECT_EQ(graph().node(found.entries[0]).entry->key, key) << text;
  }
}

}  // namespace
}  // namespace govhost::content
