// find_by_reference and get_framework_entry: from a law or control to the documents that cite it.
#include <algorithm>
#include <map>
#include <string>
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

constexpr std::size_t kMostCiting = 100;  // documents named for one entry

void write_documents(JsonWriter& w, std::string_view name, const Graph& graph,
                     std::span<const NodeId> ids) {
  w.array(name, [&] {
    for (const NodeId id : ids.first(std::min(ids.size(), kMostCiting)))
      w.object([&] { cite(w, graph.document(id)); });
  });
}

// What other frameworks the documents that cite an entry cite too, and through which of them.
struct Crosswalk {
  std::map<NodeId, std::vector<NodeId>> through;  // by entry

  void write(JsonWriter& w, const Graph& graph, std::size_t limit) const {
    std::map<const Document*, std::vector<NodeId>> frameworks;
    for (const auto& [entry, by] : through) frameworks[&graph.document(entry)].push_back(entry);
    w.array("other_frameworks", [&] {
      for (auto& [framework, entries] : frameworks) {
        std::stable_sort(entries.begin(), entries.end(), [&](NodeId a, NodeId b) {
          return through.at(a).size() > through.at(b).size();
        });
        w.object([&] {
          w.text("framework", framework->id);
          w.text("title", framework->title);
          w.text("uri", framework->uri);
          w.number("count", entries.size());
          w.array("entries", [&] {
            for (std::size_t i = 0; i < entries.size() && i < limit; ++i)
              w.object([&] {
                cite_entry(w, graph, entries[i]);
                w.array("through", [&] {
                  for (const NodeId id : through.at(entries[i]))
                    cite_briefly(w, graph.document(id));
                });
              });
          });
        });
      }
    });
  }
};

class Citing {
 public:
  Citing(const ToolContext& context, NodeId entry)
      : context_(context), graph_(context.generation->snapshot().graph()), entry_(entry) {
    for (const NodeId id : visible_of(context, graph_.in(entry, EdgeType::kReferences))) {
      const std::string& kind = graph_.document(id).kind;
      (kind == content::kRisk         ? risks_
       : kind == content::kMitigation ? mitigations_
                                      : others_)
          .push_back(id);
    }
  }

  void write(JsonWriter& w, std::size_t related) const {
    w.number("cited_by_count", risks_.size() + mitigations_.size() + others_.size());
    write_documents(w, "risks", graph_, risks_);
    write_documents(w, "mitigations", graph_, mitigations_);
    write_documents(w, "others", graph_, others_);
    write_documents(w, "covering_mitigations", graph_, covering());
    if (related > 0) crosswalk().write(w, graph_, related);
  }

 private:
  // Mitigations of the risks that cite the entry, though they do not cite it themselves.
  // Those that answer most of the citing risks first.
  std::vector<NodeId> covering() const {
    std::map<NodeId, std::size_t> covers;
    for (const NodeId risk : risks_)
      for (const NodeId id : visible_of(context_, graph_.in(risk, EdgeType::kMitigates)))
        ++covers[id];
    std::vector<NodeId> out;
    for (const auto& [id, count] : covers)
      if (!std::binary_search(mitigations_.begin(), mitigations_.end(), id) &&
          !std::binary_search(others_.begin(), others_.end(), id))
        out.push_back(id);
    std::stable_sort(out.begin(), out.end(),
                     [&](NodeId a, NodeId b) { return covers.at(a) > covers.at(b); });
    return out;
  }

  Crosswalk crosswalk() const {
    Crosswalk out;
    const Document* const own = graph_.node(entry_).document;
    for (const auto* documents : {&risks_, &mitigations_})
      for (const NodeId id : *documents)
        for (const NodeId entry : visible_of(context_, graph_.out(id, EdgeType::kReferences)))
          if (graph_.node(entry).document != own) out.through[entry].push_back(id);
    return out;
  }

  const ToolContext& context_;
  const Graph& graph_;
  const NodeId entry_;
  std::vector<NodeId> risks_, mitigations_, others_;
};

struct Matches {
  std::string_view by;
  std::vector<NodeId> entries;
};

// By name first; words that name nothing are searched for.
gov::Result<Matches> match(ToolContext& context, const std::string& reference,
                           const Document* framework) {
  static constexpr std::string_view kFoundBy[] = {"key", "number", "title"};
  const content::Snapshot& snapshot = context.generation->snapshot();
  auto named = snapshot.entry_index().find(reference, framework, context.visible);
  if (!named.entries.empty())
    return Matches{kFoundBy[static_cast<std::size_t>(named.by)], std::move(named.entries)};
  const auto found = find(context, {reference, {content::kFramework}, {}, 20});
  if (!found) return found.status();
  Matches out{"search", {}};
  for (const search::Found& hit : found->hits)
    if (hit.entry && (!framework || framework == hit.document))
      out.entries.push_back(snapshot.graph().id_of(*hit.document, *hit.entry));
  return out;
}

ToolResult no_match(const ToolContext& context, const std::string& reference,
                    const Document* framework) {
  EntryLookup missing{nullptr, "not_found",
                      "no entry of a framework is called so or matches these words; "
                      "list_frameworks shows which frameworks there are",
                      context.generation->snapshot().entry_index().nearest(reference, framework, 5,
                                                                           context.visible)};
  return missing.error(context.generation->snapshot().graph());
}

ToolResult find_by_reference(const Json& arguments, ToolContext& context) {
  const std::string& reference = *text_member(arguments, "reference");
  FrameworkArgument only = framework_argument(arguments, context);
  if (only.error) return std::move(*only.error);
  const gov::Result<Matches> matches = match(context, reference, only.framework);
  if (!matches) return ToolResult::error(matches.status());
  if (matches->entries.empty()) return no_match(context, reference, only.framework);
  const Graph& graph = context.generation->snapshot().graph();
  const Slice slice = slice_of(arguments, matches->entries.size(), 5);
  const std::size_t related = number_argument(arguments, "related_limit", 5);
  JsonWriter w;
  w.object([&] {
    w.text("reference", reference);
    w.text("matched_by", matches->by);
    w.array("entries", [&] {
      for (std::size_t i = slice.begin(); i < slice.end(); ++i)
        w.object([&] {
          write_entry(w, graph, matches->entries[i]);
          Citing(context, matches->entries[i]).write(w, related);
        });
    });
    slice.write(w);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

ToolResult get_framework_entry(const Json& arguments, ToolContext& context) {
  const Lookup framework = find_framework(context, *text_member(arguments, "framework"));
  if (!framework) return framework.error();
  const Graph& graph = context.generation->snapshot().graph();
  const Document& document = *framework.document;
  const EntryLookup found = find_entry(context, document, *text_member(arguments, "entry"));
  if (!found) return found.error(graph);
  const auto index = static_cast<std::size_t>(found.entry - document.entries.data());
  JsonWriter w;
  w.object([&] {
    const NodeId id = graph.id_of(document, *found.entry);
    write_entry(w, graph, id);
    w.text("framework_uri", document.uri);
    w.text_or_null("previous", index > 0 ? document.entries[index - 1].key : std::string());
    w.text_or_null("next", index + 1 < document.entries.size() ? document.entries[index + 1].key
                                                               : std::string());
    Citing(context, id).write(w, 0);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

std::string citing_schema() {
  const std::string documents = list_schema(kCitationSchema);
  return R"("cited_by_count":{"type":"integer"},"risks":)" + documents + R"(,"mitigations":)" +
         documents + R"(,"others":)" + documents + R"(,"covering_mitigations":)" + documents;
}

Tool make_find_by_reference() {
  Tool tool = make_tool(
      "find_by_reference", "Find by Reference",
      "Goes from a law, standard or control to the knowledge base: which risks and mitigations "
      "cite it, which mitigations cover those risks, and which entries of other frameworks the "
      "same documents cite (a crosswalk). Takes an entry's key (c3-s2-a14, ac-4), an article "
      "number (Article 14) or words of a title (human oversight). For a document's own references "
      "use get_references, for the entry alone get_framework_entry.",
      R"({"type":"object","properties":{
        "reference":{"type":"string","minLength":1,"maxLength":512,
          "description":"key, article number or title words; may name the framework too"},)" +
          std::string(kFrameworkArgument) + R"(,
        "related_limit":{"type":"integer","minimum":0,"maximum":50,"default":5,
          "description":"most entries of each other framework; 0: none"},
        "limit":{"type":"integer","minimum":1,"maximum":20,"default":5,
          "description":"most matching entries in one answer"},)" +
          std::string(kOffsetSchema) +
          R"(},"required":["reference"],"additionalProperties":false})",
      R"({"type":"object","properties":{"reference":{"type":"string"},
        "matched_by":{"type":"string","enum":["key","number","title","search"]},"entries":)" +
          list_schema(std::string(kEntryCitationSchema) + "," + std::string(kDescriptionSchema) +
                      "," + citing_schema() + R"(,"other_frameworks":)" +
                      list_schema(R"("framework":{"type":"string"},"title":{"type":"string"},
                        "uri":{"type":"string"},"count":{"type":"integer"},"entries":)" +
                                  list_schema(std::string(kEntryCitationSchema) + R"(,"through":)" +
                                              list_schema(kBriefSchema)))) +
          "," + std::string(kSliceSchema) +
          R"(},"required":["reference","matched_by","entries","total"]})",
      find_by_reference);
  tool.searches = true;
  return tool;
}

Tool make_get_framework_entry() {
  return make_tool(
      "get_framework_entry", "Get Framework Entry",
      "Returns one article, control or section of a framework: official title, link, who cites it, "
      "and its neighbours. Use it when framework and entry are known; use search_frameworks to "
      "find "
      "entries by topic, get_framework for a whole framework.",
      R"({"type":"object","properties":{
        "framework":{"type":"string","minLength":1,"maxLength":128,
          "description":"id or name, for example eu-ai-act or NIST 800-53"},
        "entry":{"type":"string","minLength":1,"maxLength":256,
          "description":"key (c3-s2-a14), label (AC-4), article number or title"}},
        "required":["framework","entry"],"additionalProperties":false})",
      R"({"type":"object","properties":{)" + std::string(kEntryCitationSchema) + "," +
          std::string(kDescriptionSchema) +
          R"(,"framework_uri":{"type":"string"},"previous":{"type":["string","null"]},
          "next":{"type":["string","null"]},)" +
          citing_schema() + R"(},"required":["framework","entry","title","uri","risks"]})",
      get_framework_entry);
}

}  // namespace

std::vector<Tool> crosswalk_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_find_by_reference());
  tools.push_back(make_get_framework_entry());
  return tools;
}

}  // namespace govhost::mcp
