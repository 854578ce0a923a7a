#include "content/graph.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;
using Names = std::vector<std::string>;

Names names(const Graph& graph, std::span<const NodeId> ids) {
  Names out;
  for (const NodeId id : ids) {
    const auto [document, entry] = graph.node(id);
    out.push_back(entry != nullptr ? document->id + ":" + entry->key : document->short_id);
  }
  return out;
}

class GraphTest : public testing::Test {
 protected:
  NodeId id(std::string_view kind, std::string_view name) const {
    return graph.id_of(*snapshot->resolve(kind, name).document);
  }
  Names out(NodeId from, EdgeType type) const { return names(graph, graph.out(from, type)); }
  Names in(NodeId to, EdgeType type) const { return names(graph, graph.in(to, type)); }

  std::shared_ptr<const Snapshot> snapshot = build(
      {raw("_risks/ri-1_a.md",
           "---\nrelated_risks: [ri-2, ri-1]\nlaw_references: [A2, a1, a2]\n---\nT"),
       raw("_risks/ri-2_b.md", "---\nrelated_risks: [ri-1, 1, ri-1]\n---\nT"),
       raw("_mitigations/mi-1_c.md",
           "---\nmitigates: [ri-2, ri-9, ri-1]\nlaw_references: [a2, a9]\n"
           "other_references: x\n---\nT"),
       raw("_usecases/uc-1_d.md", "---\nrelated_risks: ri-2\nrelated_mitigations: [mi-1]\n---\nT"),
       raw("_data/references/law.yml",
           "a1:\n  title: One\na2:\n  title: Two\n  url: https://law.example/2\n")});
  const Graph& graph = snapshot->graph();
};

TEST_F(GraphTest, HoldsDocumentsAndThenEntries) {
  ASSERT_EQ(graph.size(), 7u);
  for (NodeId each = 0; each < graph.size(); ++each) {
    const auto [document, entry] = graph.node(each);
    EXPECT_EQ(graph.is_entry(each), entry != nullptr);
    EXPECT_EQ(entry ? graph.id_of(*document, *entry) : graph.id_of(*document), each);
  }
  EXPECT_EQ(names(graph, std::vector<NodeId>{5, 6}), (Names{"law:a1", "law:a2"}));
}

TEST_F(GraphTest, WalksOutInTheOrderWritten) {
  EXPECT_EQ(out(id("risk", "1"), EdgeType::kRelatedRisks), (Names{"ri-2", "ri-1"}));
  EXPECT_EQ(out(id("risk", "2"), EdgeType::kRelatedRisks), Names{"ri-1"}) << "named three times";
  EXPECT_EQ(out(id("mitigation", "1"), EdgeType::kMitigates), (Names{"ri-2", "ri-1"}));
  EXPECT_EQ(out(id("usecase", "1"), EdgeType::kRelatedMitigations), Names{"mi-1"});
  EXPECT_EQ(out(id("risk", "1"), EdgeType::kReferences), (Names{"law:a2", "law:a1"}));
  EXPECT_TRUE(out(id("risk", "1"), EdgeType::kMitigates).empty());
}

TEST_F(GraphTest, WalksInByDocument) {
  EXPECT_EQ(in(id("risk", "1"), EdgeType::kRelatedRisks), (Names{"ri-1", "ri-2"}));
  EXPECT_EQ(in(id("risk", "2"), EdgeType::kRelatedRisks), (Names{"ri-1", "uc-1"}));
  EXPECT_EQ(in(id("risk", "2"), EdgeType::kMitigates), Names{"mi-1"});
  EXPECT_EQ(in(6, EdgeType::kReferences), (Names{"ri-1", "mi-1"}));
  EXPECT_EQ(in(5, EdgeType::kReferences), Names{"ri-1"});
}

TEST_F(GraphTest, CountsEdges) {
  EXPECT_EQ(graph.edges(EdgeType::kMitigates), 2u);
  EXPECT_EQ(graph.edges(EdgeType::kRelatedRisks), 4u);
  EXPECT_EQ(graph.edges(EdgeType::kRelatedMitigations), 1u);
  EXPECT_EQ(graph.edges(EdgeType::kReferences), 3u);
}

TEST_F(GraphTest, KeepsAndMarksWhatLeadsNowhere) {
  const auto dangling = graph.dangling(id("mitigation", "1"));
  ASSERT_EQ(dangling.size(), 3u);
  EXPECT_EQ(dangling[0].target, "ri-9");
  EXPECT_EQ(dangling[0].type, EdgeType::kMitigates);
  EXPECT_EQ(dangling[1].framework, "law");
  EXPECT_EQ(dangling[1].target, "a9");
  EXPECT_EQ(dangling[2].framework, "other");
  EXPECT_TRUE(graph.dangling(id("risk", "1")).empty());
  EXPECT_EQ(graph.dangling().size(), 3u);
}

TEST(Graph, OfNothingIsEmpty) {
  const auto snapshot = build({});
  EXPECT_EQ(snapshot->graph().size(), 0u);
  EXPECT_TRUE(snapshot->graph().dangling().empty());
}

TEST(Graph, PrefersTheFrameworkOfTheDocumentsOwnSource) {
  const auto law = [](const char* source) {
    return raw("_data/references/law.yml", "a1:\n  title: One\n", source);
  };
  const auto snapshot =
      build({law("a"), law("b"), raw("_risks/ri-1_x.md", "---\nlaw_references: [a1]\n---\nT", "b"),
             raw("_risks/ri-2_y.md", "---\nlaw_references: [a1]\n---\nT", "c")});
  const auto source_of = [&](const char* risk) {
    const Graph& graph = snapshot->graph();
    const auto ids =
        graph.out(graph.id_of(*snapshot->resolve("risk", risk).document), EdgeType::kReferences);
    return ids.size() == 1 ? graph.document(ids[0]).provenance.source : std::string();
  };
  EXPECT_EQ(source_of("ri-1"), "b");
  EXPECT_EQ(source_of("ri-2"), "a");
}

// The order in which sources hand documents over must not show.
TEST(Graph, DoesNotDependOnTheOrderOfArrival) {
  std::vector<RawDocument> documents = fixtures::read_folder(GOVHOST_STARTER_DIR);
  const auto first = build(documents);
  std::reverse(documents.begin(), documents.end());
  const auto second = build(std::move(documents));
  ASSERT_EQ(first->graph().size(), second->graph().size());
  for (NodeId id = 0; id < first->graph().size(); ++id) {
    for (const EdgeType type : kEdgeTypes) {
      const auto a = first->graph().out(id, type), b = second->graph().out(id, type);
      EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << id;
    }
  }
}

// Everybody links to everybody twice: linear in the links, of which there are 320 000.
TEST(Graph, TakesManyLinksAndCycles) {
  constexpr int kRisks = 400;
  std::string list;
  for (int i = 1; i <= kRisks; ++i) list += "  - ri-" + std::to_string(i) + "\n";
  std::vector<RawDocument> documents;
  for (int i = 1; i <= kRisks; ++i) {
    documents.push_back(raw("_risks/ri-" + std::to_string(i) + "_x.md",
                            "---\nrelated_risks:\n" + list + list + "---\nT"));
  }
  const auto snapshot = build(std::move(documents));
  const Graph& graph = snapshot->graph();
  EXPECT_EQ(graph.edges(EdgeType::kRelatedRisks), std::size_t{kRisks} * kRisks);
  const auto began = std::chrono::steady_clock::now();
  const Graph again(snapshot->documents());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_EQ(again.in(0, EdgeType::kRelatedRisks).size(), std::size_t{kRisks});
}

}  // namespace
}  // namespace govhost::content
