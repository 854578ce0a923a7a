#include "mcp/overview.h"

#include <vector>

#include "mcp/citation.h"
#include "mcp/json_writer.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

std::string plural_heading(std::string_view kind) {
  std::string out = content::plural_of(kind);
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

// Brackets would end the text of a link.
std::string link_text(std::string_view title) {
  std::string out;
  for (const char c : title) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// The part of the graph that one reader gets: which nodes, in their order.
class Part {
 public:
  Part(const Graph& graph, const content::Visibility& visible)
      : graph_(graph), visible_(visible), in_(graph.size()) {
    for (NodeId id = 0; id < graph.documents().size(); ++id) {
      if (!visible.sees(graph.document(id))) continue;
      ++documents;
      if (documents > kMostListed) continue;
      in_[id] = true;
      for (const NodeId entry : graph.out(id, EdgeType::kReferences))
        in_[entry] = visible.sees(graph.document(entry));
    }
  }
  bool has(NodeId id) const { return in_[id]; }

  std::size_t documents = 0;

  template <class Take>
  void each_edge(const Take& take) const {
    for (NodeId from = 0; from < graph_.documents().size(); ++from) {
      if (!in_[from]) continue;
      for (const EdgeType type : content::kEdgeTypes)
        for (const NodeId to : graph_.out(from, type))
          if (in_[to]) take(from, type, to);
    }
  }

 private:
  const Graph& graph_;
  const content::Visibility& visible_;
  std::vector<bool> in_;
};

std::string uri_of(const Graph& graph, NodeId id) {
  const content::Node node = graph.node(id);
  return node.entry ? uri_of_entry(*node.document, *node.entry) : node.document->uri;
}

}  // namespace

std::string index_of(const content::Snapshot& snapshot, const content::Visibility& visible) {
  std::string out = "# Index of the knowledge base\n";
  std::string_view kind;
  std::size_t listed = 0, more = 0;
  for (const Document& document : snapshot.documents()) {
    if (!visible.sees(document)) continue;
    if (listed == kMostListed) {
      ++more;
      continue;
    }
    ++listed;
    if (document.kind != kind) {
      kind = document.kind;
      out += "\n## " + plural_heading(kind) + "\n\n";
    }
    out += "- [" + link_text(document.title) + "](" + document.uri + ")";
    if (!document.public_id.empty()) out += ", " + document.public_id;
    if (!document.entries.empty())
      out += ", " + std::to_string(document.entries.size()) + " entries";
    out += '\n';
  }
  if (more > 0)
    out += "\n" + std::to_string(more) + " more: see resources/list and the search tools.\n";
  return out;
}

std::string graph_of(const content::Snapshot& snapshot, const content::Visibility& visible) {
  const Graph& graph = snapshot.graph();
  const Part part(graph, visible);
  std::size_t edges = 0, dangling = 0;
  JsonWriter w(std::size_t{64} << 10u);
  w.object([&] {
    w.text("snapshot", snapshot.digest_for(visible));
    w.array("nodes", [&] {
      for (NodeId id = 0; id < graph.size(); ++id) {
        if (!part.has(id)) continue;
        w.object([&] {
          if (graph.is_entry(id)) {
            w.text("kind", "entry");
            cite_entry(w, graph, id);
          } else {
            cite(w, graph.document(id));
          }
        });
      }
    });
    w.array("edges", [&] {
      part.each_edge([&](NodeId from, EdgeType type, NodeId to) {
        if (++edges > kMostEdges) return;
        w.object([&] {
          w.text("from", uri_of(graph, from));
          w.text("type", name_of(type));
          w.text("to", uri_of(graph, to));
        });
      });
    });
    w.array("dangling", [&] {
      for (const content::DanglingLink& link : graph.dangling()) {
        if (!part.has(link.from) || ++dangling > kMostEdges) continue;
        w.object([&] {
          w.text("from", uri_of(graph, link.from));
          w.text("type", name_of(link.type));
          w.text_or_null("framework", link.framework);
          w.text("target", link.target);
        });
      }
    });
    w.object("totals", [&] {
      w.number("documents", part.documents);
      w.number("edges", edges);
      w.number("dangling", dangling);
    });
    w.boolean("truncated",
              part.documents > kMostListed || edges > kMostEdges || dangling > kMostEdges);
  });
  return std::move(w).take();
}

}  // namespace govhost::mcp
