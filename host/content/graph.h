// The documents and framework entries of a snapshot as a graph, walked in both directions.
#pragma once

#include "content/document.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace govhost::content {

// Documents first, in the order of Snapshot::documents(), then the entries of all frameworks.
using NodeId = std::uint32_t;

enum class EdgeType : std::uint8_t { kMitigates, kRelatedRisks, kRelatedMitigations, kReferences };
inline constexpr std::array<EdgeType, 4> kEdgeTypes = {
    EdgeType::kMitigates, EdgeType::kRelatedRisks, EdgeType::kRelatedMitigations,
    EdgeType::kReferences};

// As front matter and answers write it: "mitigates", "references".
std::string_view name_of(EdgeType type);

// What a node stands for: a document, or one entry of it.
struct Node {
  const Document* document = nullptr;
  const FrameworkEntry* entry = nullptr;  // null: the document itself
};

// A link that leads nowhere.
struct DanglingLink {
  NodeId from = 0;
  EdgeType type{};
  std::string_view framework;  // of a reference: "eu-ai-act"; else empty
  std::string_view target;     // as written
};

// Immutable, built in linear time from links that are resolved already. A target that a document
// names twice is one edge. Cycles and links to oneself are edges like any other: nothing here
// follows more than one.
class Graph {
 public:
  Graph() = default;
  // The documents must stay where they are.
  explicit Graph(std::span<const Document> documents);

  std::size_t size() const { return documents_.size() + entry_document_.size(); }
  Node node(NodeId id) const;
  NodeId id_of(const Document& document) const;
  NodeId id_of(const Document& framework, const FrameworkEntry& entry) const;
  std::span<const Document> documents() const { return documents_; }
  bool is_entry(NodeId id) const { return id >= documents_.size(); }
  const Document& document(NodeId id) const { return *node(id).document; }

  // Where the edges of a node lead, in the order written.
  std::span<const NodeId> out(NodeId from, EdgeType type) const {
    return side(out_, type).of(from);
  }
  // Where the edges to a node come from, ascending.
  std::span<const NodeId> in(NodeId to, EdgeType type) const { return side(in_, type).of(to); }
  // Links of a document that lead nowhere, in the order written.
  std::span<const DanglingLink> dangling(NodeId from) const;
  std::span<const DanglingLink> dangling() const { return dangling_; }

  std::size_t edges(EdgeType type) const { return side(out_, type).nodes.size(); }

 private:
  // The edges of one type in one direction: those of a node stand together.
  struct Side {
    std::vector<std::uint32_t> begin;  // by node, and one more
    std::vector<NodeId> nodes;
    std::span<const NodeId> of(NodeId id) const;
  };
  struct Edge {
    NodeId from, to;
  };
  using Sides = std::array<Side, kEdgeTypes.size()>;

  static const Side& side(const Sides& sides, EdgeType type) {
    return sides[static_cast<std::size_t>(type)];
  }
  std::vector<Edge> collect(EdgeType type);
  static Side grouped(std::size_t nodes, const std::vector<Edge>& edges, NodeId Edge::*by,
                      NodeId Edge::*other);

  std::span<const Document> documents_;
  std::vector<NodeId> first_entry_;            // by document
  std::vector<std::uint32_t> entry_document_;  // by entry: index of its framework
  Sides out_, in_;
  std::vector<DanglingLink> dangling_;  // by document
};

}  // namespace govhost::content
