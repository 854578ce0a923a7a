// get_references: what a document cites.
#include <array>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "mcp/citation.h"
#include "mcp/finder.h"
#include "mcp/lookup.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

// An entry, or a name that leads to none, and who cites it.
struct Cited {
  NodeId entry = 0;
  const content::DanglingLink* dangling = nullptr;
  std::vector<NodeId> by;
};

// Whose references the answer lists: the document's; on request those of its mitigations (of a
// risk), its risks (of a mitigation), or both (of a use case).
std::vector<NodeId> citing(const Json& arguments, const ToolContext& context,
                           const Document& document) {
  const Graph& graph = context.generation->snapshot().graph();
  const NodeId id = graph.id_of(document);
  std::vector<NodeId> out{id};
  if (!flag_argument(arguments, "include_linked", false)) return out;
  const bool use_case = document.kind == content::kUseCase;
  const auto sides = use_case ? std::array{graph.out(id, EdgeType::kRelatedRisks),
                                           graph.out(id, EdgeType::kRelatedMitigations)}
                              : std::array{graph.in(id, EdgeType::kMitigates),
                                           graph.out(id, EdgeType::kMitigates)};
  std::unordered_set<NodeId> seen{id};
  for (const auto& side : sides)
    for (const NodeId linked : visible_of(context, side))
      if (seen.insert(linked).second) out.push_back(linked);
  return out;
}

std::vector<Cited> references_of(const ToolContext& context, const std::vector<NodeId>& documents,
                                 const Document* framework) {
  const Graph& graph = context.generation->snapshot().graph();
  std::vector<Cited> out;
  std::map<NodeId, std::size_t> at;
  for (const NodeId document : documents) {
    for (const NodeId entry : graph.out(document, EdgeType::kReferences)) {
      const Document& of = graph.document(entry);
      if (!context.visible.sees(of) || (framework && framework != &of)) continue;
      const auto [place, fresh] = at.emplace(entry, out.size());
      if (fresh) out.push_back({entry, nullptr, {}});
      out[place->second].by.push_back(document);
    }
    for (const content::DanglingLink& link : graph.dangling(document))
      if (link.type == EdgeType::kReferences && (!framework || framework->id == link.framework))
        out.push_back({0, &link, {document}});
  }
  return out;
}

void write_cited(JsonWriter& w, const Graph& graph, const Cited& cited) {
  w.object([&] {
    w.boolean("resolved", cited.dangling == nullptr);
    if (cited.dangling) {
      w.text("framework", cited.dangling->framework);
      w.text("entry", cited.dangling->target);
    } else {
      write_entry(w, graph, cited.entry);
    }
    w.array("cited_by", [&] {
      for (const NodeId id : cited.by) cite_briefly(w, graph.document(id));
    });
  });
}

void write_counts(JsonWriter& w, const Graph& graph, const std::vector<Cited>& all) {
  std::map<std::string_view, std::pair<const Document*, std::size_t>> counts;
  for (const Cited& cited : all) {
    const Document* const document = cited.dangling ? nullptr : graph.node(cited.entry).document;
    auto& [framework, count] =
        counts[cited.dangling ? cited.dangling->framework : std::string_view(document->id)];
    if (document) framework = document;
    ++count;
  }
  w.array("frameworks", [&] {
    for (const auto& [name, count] : counts)
      w.object([&] {
        w.text("framework", name);
        w.text_or_null("title", count.first ? count.first->title : std::string());
        w.text_or_null("uri", count.first ? count.first->uri : std::string());
        w.number("references", count.second);
      });
  });
}

ToolResult get_references(const Json& arguments, ToolContext& context) {
  const Lookup found = find_document(context, {}, *text_member(arguments, "id"));
  if (!found) return found.error();
  FrameworkArgument only = framework_argument(arguments, context);
  if (only.error) return std::move(*only.error);
  const Graph& graph = context.generation->snapshot().graph();
  const std::vector<Cited> all =
      references_of(context, citing(arguments, context, *found.document), only.framework);
  const Slice slice = slice_of(arguments, all.size(), 50);
  JsonWriter w;
  w.object([&] {
    w.object("document", [&] { cite(w, *found.document); });
    write_counts(w, graph, all);
    w.array("references", [&] {
      for (std::size_t i = slice.begin(); i < slice.end(); ++i) write_cited(w, graph, all[i]);
    });
    slice.write(w);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

Tool make_get_references() {
  return make_tool(
      "get_references", "Get References",
      "Lists the laws, standards and controls that a risk, mitigation, use case or policy cites, "
      "with official titles and links. Use it to say which requirements stand behind a document; "
      "include_linked adds what its mitigations (of a risk) or risks (of a mitigation) cite. To go "
      "from an article or control to the documents, use find_by_reference.",
      R"({"type":"object","properties":{
        "id":{"type":"string","minLength":1,"maxLength":256,
          "description":"a document by id (ri-10, mi-3, uc-1), public id, resource uri or title"},)" +
          std::string(kFrameworkArgument) + R"(,
        "include_linked":{"type":"boolean","default":false,
          "description":"also what its mitigations, its risks, or those of a use case cite"},
        "limit":{"type":"integer","minimum":1,"maximum":200,"default":50},)" +
          std::string(kOffsetSchema) + R"(},"required":["id"],"additionalProperties":false})",
      R"({"type":"object","properties":{"document":{"type":"object","properties":{)" +
          std::string(kCitationSchema) + R"(}},"frameworks":)" +
          list_schema(R"("framework":{"type":"string"},"title":{"type":["string","null"]},
            "uri":{"type":["string","null"]},"references":{"type":"integer"})") +
          R"(,"references":)" +
          list_schema(
              R"("resolved":{"type":"boolean","description":"false: no framework has it"},)" +
              std::string(kEntryCitationSchema) + "," + std::string(kDescriptionSchema) +
              R"(,"cited_by":)" + list_schema(kBriefSchema)) +
          "," + std::string(kSliceSchema) +
          R"(},"required":["document","frameworks","references","total"]})",
      get_references);
}

}  // namespace

std::vector<Tool> reference_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_get_references());
  return tools;
}

}  // namespace govhost::mcp
