// The console's page of how risks, mitigations and what they cite hang together.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/console_pages.h"
#include "content/graph.h"
#include "core/text.h"

namespace govhost::app {
namespace {

using content::EdgeType;
using content::Graph;
using content::NodeId;
using nlohmann::json;

constexpr std::size_t kMostNodes = 500, kMostEdges = 4000;
constexpr std::size_t kDescription = 600;  // bytes of a text that is shown

// Whoever may read the console need not have the scopes that restricted documents need.
bool is_open(const Graph& graph, NodeId id) { return graph.document(id).restrictions == 0; }

std::string id_of(const content::Node& node) {
  return node.entry ? node.document->uri + "#" + node.entry->key : node.document->uri;
}

std::string label_of(const content::Node& node) {
  if (node.entry) return node.document->id + " " + node.entry->key;
  return node.document->short_id.empty() ? node.document->id : node.document->short_id;
}

std::string title_of(const content::Node& node) {
  return node.entry ? node.entry->title : node.document->plain_title;
}

template <class Use>
void each_neighbour(const Graph& graph, NodeId id, const Use& use) {
  for (const EdgeType type : content::kEdgeTypes) {
    for (const NodeId other : graph.out(id, type)) use(other);
    for (const NodeId other : graph.in(id, type)) use(other);
  }
}

// A number would tell of restricted neighbours too.
std::size_t degree_of(const Graph& graph, NodeId id) {
  std::size_t out = 0;
  each_neighbour(graph, id, [&](NodeId other) { out += is_open(graph, other) ? 1 : 0; });
  return out;
}

bool matches(const content::Node& node, const std::string& wanted) {
  return lower(label_of(node)).find(wanted) != std::string::npos ||
         lower(title_of(node)).find(wanted) != std::string::npos;
}

// Which nodes are shown: those that are meant first, then what they are linked with.
class Chosen {
 public:
  explicit Chosen(const Graph& graph) : graph_(graph) {}

  // False: there is no room.
  bool add(NodeId id) {
    if (!is_open(graph_, id) || index_.contains(id)) return true;
    if (ids_.size() == kMostNodes) {
      left_out_ = true;
      return false;
    }
    index_.emplace(id, ids_.size());
    ids_.push_back(id);
    return true;
  }
  void add_neighbours() {
    const std::size_t meant = ids_.size();
    for (std::size_t i = 0; i < meant; ++i)
      each_neighbour(graph_, ids_[i], [this](NodeId other) { add(other); });
  }

  const std::vector<NodeId>& ids() const { return ids_; }
  bool left_out() const { return left_out_; }
  const std::size_t* index_of(NodeId id) const {
    const auto found = index_.find(id);
    return found == index_.end() ? nullptr : &found->second;
  }

 private:
  const Graph& graph_;
  std::vector<NodeId> ids_;
  std::unordered_map<NodeId, std::size_t> index_;
  bool left_out_ = false;
};

// Documents first, then the entries that are cited at all, as Graph numbers them.
void choose_nodes(const Graph& graph, const std::string& wanted, Chosen& chosen) {
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (graph.is_entry(id) && degree_of(graph, id) == 0) continue;
    if (!wanted.empty() && !matches(graph.node(id), wanted)) continue;
    if (!chosen.add(id)) return;
  }
  if (!wanted.empty()) chosen.add_neighbours();
}

json node_json(const Graph& graph, NodeId id) {
  const content::Node node = graph.node(id);
  return {{"id", id_of(node)},
          {"label", label_of(node)},
          {"title", title_of(node)},
          {"kind", node.entry ? "reference" : node.document->kind},
          {"links", degree_of(graph, id)}};
}

json edges_json(const Graph& graph, const Chosen& chosen, bool& left_out) {
  json out = json::array();
  for (const NodeId from : chosen.ids())
    for (const EdgeType type : content::kEdgeTypes)
      for (const NodeId to : graph.out(from, type)) {
        const std::size_t* const target = chosen.index_of(to);
        if (target == nullptr) continue;
        if (out.size() == kMostEdges) {
          left_out = true;
          return out;
        }
        out.push_back({*chosen.index_of(from), *target, content::name_of(type)});
      }
  return out;
}

// Cut between characters.
std::string shortened(const std::string& text) {
  if (text.size() <= kDescription) return text;
  std::size_t end = kDescription;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end) + "…";
}

json detail_json(const content::Node& node) {
  if (node.entry)
    return {{"description", shortened(node.entry->description)},
            {"link", node.entry->url},
            {"source", node.document->provenance.source}};
  return {{"description", shortened(node.document->description)},
          {"link", node.document->provenance.link},
          {"source", node.document->provenance.source},
          {"key", node.document->provenance.key},
          {"public_id", node.document->public_id}};
}

}  // namespace

// "q": a text that label or title has; "node": the id of one, which comes first with its details.
json ConsolePages::knowledge(const Query& query) const {
  const ConsoleParts parts = asked_.now();
  const auto generation = parts.server.generation();
  if (!generation) return {{"nodes", json::array()}, {"edges", json::array()}, {"total", 0}};
  const Graph& graph = generation->snapshot().graph();
  Chosen chosen(graph);
  json out = {{"snapshot", generation->snapshot().digest().substr(0, 12)}};
  std::size_t total = 0;
  const std::string_view wanted = query.of("node");
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (!is_open(graph, id) || (graph.is_entry(id) && degree_of(graph, id) == 0)) continue;
    ++total;
    if (wanted.empty() || !chosen.ids().empty() || id_of(graph.node(id)) != wanted) continue;
    chosen.add(id);
    out["node"] = detail_json(graph.node(id));
  }
  if (wanted.empty())
    choose_nodes(graph, lower(query.of("q")), chosen);
  else
    chosen.add_neighbours();
  bool left_out = chosen.left_out();
  out["edges"] = edges_json(graph, chosen, left_out);
  out["nodes"] = json::array();
  for (const NodeId id : chosen.ids()) out["nodes"].push_back(node_json(graph, id));
  out["total"] = total;
  out["complete"] = !left_out;
  return out;
}

}  // namespace govhost::app
