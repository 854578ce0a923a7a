#include "content/graph.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>

namespace govhost::content {
namespace {

constexpr NodeId kNobody = std::numeric_limits<NodeId>::max();

}  // namespace

std::string_view name_of(EdgeType type) {
  static constexpr std::array<std::string_view, kEdgeTypes.size()> kNames = {
      "mitigates", "related_risks", "related_mitigations", "references"};
  return kNames[static_cast<std::size_t>(type)];
}

std::span<const NodeId> Graph::Side::of(NodeId id) const {
  if (id + std::size_t{1} >= begin.size()) return {};
  return std::span(nodes).subspan(begin[id], begin[id + 1] - begin[id]);
}

Graph::Graph(std::span<const Document> documents) : documents_(documents) {
  first_entry_.reserve(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    first_entry_.push_back(static_cast<NodeId>(size()));
    entry_document_.insert(entry_document_.end(), documents[i].entries.size(),
                           static_cast<std::uint32_t>(i));
  }
  for (const EdgeType type : kEdgeTypes) {
    const std::vector<Edge> edges = collect(type);
    const auto index = static_cast<std::size_t>(type);
    out_[index] = grouped(size(), edges, &Edge::from, &Edge::to);
    in_[index] = grouped(size(), edges, &Edge::to, &Edge::from);
  }
  std::stable_sort(dangling_.begin(), dangling_.end(),
                   [](const DanglingLink& a, const DanglingLink& b) { return a.from < b.from; });
}

std::vector<Graph::Edge> Graph::collect(EdgeType type) {
  std::vector<Edge> edges;
  std::vector<NodeId> last(size(), kNobody);  // by target: who named it last
  const auto add = [&](NodeId from, NodeId to) {
    if (last[to] != from) edges.push_back({from, to});
    last[to] = from;
  };
  for (NodeId from = 0; from < documents_.size(); ++from) {
    const Document& document = documents_[from];
    if (type == EdgeType::kReferences) {
      for (const Reference& reference : document.references) {
        if (reference.place) {
          add(from, static_cast<NodeId>(first_entry_[reference.place->document] +
                                        reference.place->entry));
        } else {
          dangling_.push_back({from, type, reference.framework, reference.entry});
        }
      }
      continue;
    }
    for (const Link& link : document.links) {
      if (link.type != name_of(type)) continue;
      if (link.document) {
        add(from, static_cast<NodeId>(*link.document));
      } else {
        dangling_.push_back({from, type, {}, link.target});
      }
    }
  }
  return edges;
}

// Counting sort: linear, and edges of one node keep their order.
Graph::Side Graph::grouped(std::size_t nodes, const std::vector<Edge>& edges, NodeId Edge::*by,
                           NodeId Edge::*other) {
  Side side;
  side.begin.resize(nodes + 1);
  for (const Edge& edge : edges) ++side.begin[edge.*by + std::size_t{1}];
  for (std::size_t i = 1; i <= nodes; ++i) side.begin[i] += side.begin[i - 1];
  std::vector<std::uint32_t> next = side.begin;
  side.nodes.resize(edges.size());
  for (const Edge& edge : edges) side.nodes[next[edge.*by]++] = edge.*other;
  return side;
}

Node Graph::node(NodeId id) const {
  assert(id < size());
  if (!is_entry(id)) return {&documents_[id], nullptr};
  const std::uint32_t index = entry_document_[id - documents_.size()];
  const Document& framework = documents_[index];
  return {&framework, &framework.entries[id - first_entry_[index]]};
}

NodeId Graph::id_of(const Document& document) const {
  assert(&document >= documents_.data() && &document < documents_.data() + documents_.size());
  return static_cast<NodeId>(&document - documents_.data());
}

NodeId Graph::id_of(const Document& framework, const FrameworkEntry& entry) const {
  return static_cast<NodeId>(first_entry_[id_of(framework)] +
                             static_cast<std::size_t>(&entry - framework.entries.data()));
}

std::span<const DanglingLink> Graph::dangling(NodeId from) const {
  const auto [begin, end] = std::equal_range(
      dangling_.begin(), dangling_.end(), DanglingLink{from, {}, {}, {}},
      [](const DanglingLink& a, const DanglingLink& b) { return a.from < b.from; });
  return {begin, end};
}

}  // namespace govhost::content
