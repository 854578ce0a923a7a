// list_use_cases, get_use_case
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "mcp/citation.h"
#include "mcp/lookup.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

// A front matter attribute that is text; null otherwise.
void write_attribute(JsonWriter& w, const Document& document, std::string_view name) {
  const std::string* const text = text_member(*document.attributes, name);
  w.text_or_null(name, text ? *text : std::string());
}

void write_summary(JsonWriter& w, const Document& document) {
  cite(w, document);
  w.text_or_null("description", document.description);
  for (const char* name : {"category", "end_user", "business_value"})
    write_attribute(w, document, name);
}

ToolResult list_use_cases(const Json& arguments, ToolContext& context) {
  const content::Snapshot& snapshot = context.generation->snapshot();
  const Graph& graph = snapshot.graph();
  std::vector<const Document*> all;
  for (const Document& each : snapshot.of_kind(content::kUseCase))
    if (context.visible.sees(each)) all.push_back(&each);
  if (const std::string* const risk = text_member(arguments, "risk")) {
    const Lookup found = find_document(context, content::kRisk, *risk);
    if (!found) return found.error();
    const NodeId wanted = graph.id_of(*found.document);
    std::erase_if(all, [&](const Document* each) {
      const auto risks = graph.out(graph.id_of(*each), EdgeType::kRelatedRisks);
      return std::find(risks.begin(), risks.end(), wanted) == risks.end();
    });
  }
  const Slice slice = slice_of(arguments, all.size(), 50);
  JsonWriter w;
  w.object([&] {
    w.array("use_cases", [&] {
      for (std::size_t i = slice.begin(); i < slice.end(); ++i)
        w.object([&] {
          const NodeId id = graph.id_of(*all[i]);
          const auto count = [&](EdgeType type) {
            return visible_of(context, graph.out(id, type)).size();
          };
          write_summary(w, *all[i]);
          w.number("risk_count", count(EdgeType::kRelatedRisks));
          w.number("mitigation_count", count(EdgeType::kRelatedMitigations));
          w.number("reference_count", count(EdgeType::kReferences));
        });
    });
    slice.write(w);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

// The front matter without what the answer says in a better form, or must not say at all: names
// of documents that the caller may not see.
Json further_attributes(const Document& document) {
  Json out = *document.attributes;
  for (const EdgeType type : content::kEdgeTypes) out.erase(std::string(name_of(type)));
  for (const content::Reference& reference : document.references)
    out.erase(reference.framework + "_references");
  for (const char* name :
       {"title", "layout", "sequence", "description", "category", "end_user", "business_value"})
    out.erase(name);
  return out;
}

ToolResult get_use_case(const Json& arguments, ToolContext& context) {
  const Lookup found =
      find_document(context, content::kUseCase, *text_member(arguments, "use_case"));
  if (!found) return found.error();
  const Graph& graph = context.generation->snapshot().graph();
  const Document& document = *found.document;
  const NodeId id = graph.id_of(document);
  JsonWriter w(document.body.size() + 8192);
  const auto write_linked = [&](std::string_view name, EdgeType type) {
    w.array(name, [&] {
      for (const NodeId linked : visible_of(context, graph.out(id, type)))
        w.object([&] {
          graph.is_entry(linked) ? cite_entry(w, graph, linked) : cite(w, graph.document(linked));
        });
    });
  };
  w.object([&] {
    write_summary(w, document);
    w.text_or_null("status", document.status);
    write_linked("risks", EdgeType::kRelatedRisks);
    write_linked("mitigations", EdgeType::kRelatedMitigations);
    write_linked("references", EdgeType::kReferences);
    w.array("dangling", [&] {
      for (const content::DanglingLink& link : graph.dangling(id))
        w.element((link.framework.empty() ? std::string() : std::string(link.framework) + ":") +
                  std::string(link.target));
    });
    w.raw("attributes", further_attributes(document).dump());
    w.array("sections", [&] {
      for (const content::Section& section : document.sections) w.element(section.heading);
    });
    w.text("content", *document.body);
    w.text("sha256", document.provenance.sha256);
    w.text_or_null("licence", document.provenance.licence);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

std::string summary_schema() {
  return std::string(kCitationSchema) +
         R"(,"description":{"type":["string","null"]},"category":{"type":["string","null"]},
         "end_user":{"type":["string","null"]},"business_value":{"type":["string","null"]})";
}

}  // namespace

std::vector<Tool> use_case_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "list_use_cases", "List Use Cases",
      "Lists the documented use cases of AI with what they are for and how many risks, "
      "mitigations and references each names. Use it to find a documented case that is like one's "
      "own; get_use_case reads one, assess_use_case judges a case that is not documented.",
      R"({"type":"object","properties":{
        "risk":{"type":"string","minLength":1,"maxLength":256,
          "description":"only use cases that name this risk, by id or title"},
        "limit":{"type":"integer","minimum":1,"maximum":200,"default":50},)" +
          std::string(kOffsetSchema) + R"(},"additionalProperties":false})",
      R"({"type":"object","properties":{"use_cases":)" +
          list_schema(summary_schema() + R"(,"risk_count":{"type":"integer"},
            "mitigation_count":{"type":"integer"},"reference_count":{"type":"integer"})") +
          "," + std::string(kSliceSchema) + R"(},"required":["use_cases","total"]})",
      list_use_cases));
  tools.push_back(make_tool(
      "get_use_case", "Get Use Case",
      "Returns one documented use case: the text, its risks, mitigations and references as links, "
      "and what else it states (data, users, benefits). An unknown id is an error with the nearest "
      "ones. For a case that is not documented use assess_use_case.",
      R"({"type":"object","properties":{"use_case":{"type":"string","minLength":1,"maxLength":256,
        "description":"id from list_use_cases, short id (uc-1), number or title"}},
        "required":["use_case"],"additionalProperties":false})",
      R"({"type":"object","properties":{)" + summary_schema() +
          R"(,"status":{"type":["string","null"]},"risks":)" + list_schema(kCitationSchema) +
          R"(,"mitigations":)" + list_schema(kCitationSchema) + R"(,"references":)" +
          list_schema(kEntryCitationSchema) +
          R"(,"dangling":{"type":"array","items":{"type":"string"},
            "description":"names that lead nowhere"},
          "attributes":{"type":"object"},"sections":{"type":"array","items":{"type":"string"}},
          "content":{"type":"string"},"sha256":{"type":"string"},
          "licence":{"type":["string","null"]}},
          "required":["id","title","uri","risks","mitigations","references","content"]})",
      get_use_case));
  return tools;
}

}  // namespace govhost::mcp
