// search: over everything, with filters, highlights and explanations.
#include <algorithm>
#include <optional>

#include "mcp/finder.h"
#include "mcp/lookup.h"
#include "mcp/tool.h"
#include "mcp/tools/hit.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kQueryOverAll = R"({
  "type":"object",
  "properties":{
    "query":{"type":"string","minLength":1,"maxLength":512,
      "description":"what to look for, in plain words"},
    "kind":{"type":"string","minLength":1,"maxLength":64,
      "description":"only documents of this kind: risk, mitigation, framework, usecase, document"},
    "type":{"type":"string","minLength":1,"maxLength":64,
      "description":"only documents of this type, for example SEC, OP, RC, PREV or DET"},
    "framework":{"type":"string","minLength":1,"maxLength":128,
      "description":"only entries of this framework and documents that cite it: id or name"},
    "source":{"type":"string","minLength":1,"maxLength":128,
      "description":"only documents of this content source"},
    "limit":{"type":"integer","minimum":1,"maximum":50,"default":10,
      "description":"most results wanted, 1 to 50"},
    "explain":{"type":"boolean","default":false,
      "description":"say of each result what its score is made of"}},
  "required":["query"],"additionalProperties":false})";

constexpr std::string_view kResultsOverAll = R"({
  "type":"object",
  "properties":{
    "query":{"type":"string"},
    "results":{"type":"array","items":{"type":"object","properties":{
      "kind":{"type":"string"},"id":{"type":"string"},"short_id":{"type":["string","null"]},
      "public_id":{"type":["string","null"]},"type":{"type":["string","null"]},
      "title":{"type":"string"},"section":{"type":"string"},"content":{"type":"string"},
      "highlights":{"type":"array","description":"where content matches: first and behind the last character, in Unicode code points",
        "items":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}},
      "entry":{"type":["string","null"]},"uri":{"type":"string"},
      "section_uri":{"type":"string"},"link":{"type":["string","null"]},"source":{"type":"string"},
      "score":{"type":"number"},
      "explanation":{"type":"array","description":"with explain: words and further passages add up, factors multiply the words",
        "items":{"type":"object","properties":{"what":{"type":"string"},"value":{"type":"number"}},
        "required":["what","value"]}}},
      "required":["kind","id","title","section","content","highlights","uri","source","score"]}},
    "total_found":{"type":"integer"}},
  "required":["query","results","total_found"]})";

Json result(const search::Found& hit, bool explain) {
  const content::Document& d = *hit.document;
  Json highlights = Json::array();
  for (const search::Snippet::Mark& mark : hit.highlights)
    highlights.push_back(Json::array({mark.begin, mark.end}));
  Json out{{"kind", d.kind},
           {"id", d.id},
           {"short_id", text_or_null(d.short_id)},
           {"public_id", text_or_null(d.public_id)},
           {"type", text_or_null(d.type)},
           {"title", d.title},
           {"section", hit.heading},
           {"content", hit.snippet},
           {"highlights", std::move(highlights)},
           {"entry", hit.entry ? Json(hit.entry->key) : Json(nullptr)},
           {"uri", d.uri},
           {"section_uri", uri_of_place(hit)},
           {"link", text_or_null(link_of_place(hit))},
           {"source", d.provenance.source},
           {"score", hit.score}};
  if (!explain) return out;
  Json& parts = out["explanation"] = Json::array();
  for (const auto& [what, value] : hit.parts) parts.push_back({{"what", what}, {"value", value}});
  return out;
}

template <class Known>
ToolResult unknown(std::string_view what, const std::string& name, const Known& known) {
  return ToolResult::error(
      "unknown_" + std::string(what),
      std::string(what) + ": there is no document of " + std::string(what) + " '" + name + "'",
      {{"candidates", known}});
}

// The search that the arguments ask for; an error when they name what the caller cannot see.
struct Asked {
  search::Request request;
  std::optional<ToolResult> error;
  std::string_view source = {};
};

Asked read(const Json& arguments, const ToolContext& context, std::string& type) {
  Asked asked{{*text_member(arguments, "query"), {}, {}, limit_of(arguments, 10)}, {}};
  if (const std::string* kind = text_member(arguments, "kind")) {
    const auto known = visible_kinds(context);
    if (std::find(known.begin(), known.end(), *kind) == known.end())
      return {{}, unknown("kind", *kind, known)};
    asked.request.kinds.push_back(*kind);
  }
  if (const std::string* source = text_member(arguments, "source")) {
    const auto known = visible_sources(context);
    if (std::find(known.begin(), known.end(), *source) == known.end())
      return {{}, unknown("source", *source, known)};
    asked.source = *source;
  }
  TypeArgument wanted = type_argument(arguments, "type", {}, context);
  if (wanted.error) return {{}, std::move(wanted.error)};
  asked.request.type = type = std::move(wanted.type);
  FrameworkArgument framework = framework_argument(arguments, context);
  if (framework.error) return {{}, std::move(framework.error)};
  if (framework.framework) asked.request.framework = framework.framework->id;
  const Json* const explain = member(arguments, "explain");
  asked.request.explain = explain && explain->get<bool>();
  return asked;
}

ToolResult search_all(const Json& arguments, ToolContext& context) {
  std::string type;
  Asked asked = read(arguments, context, type);
  if (asked.error) return std::move(*asked.error);
  const gov::Result<search::Results> found = find(context, asked.request, asked.source);
  if (!found) return ToolResult::error(found.status());
  Json results = Json::array();
  for (const search::Found& hit : found->hits)
    results.push_back(result(hit, asked.request.explain));
  return ToolResult::json(Json{{"query", asked.request.text},
                               {"results", std::move(results)},
                               {"total_found", found->total}});
}

}  // namespace

Tool search_everything_tool() {
  return make_tool(
      "search", "Search Everything",
      "Finds passages in all documents (risks, mitigations, framework entries, use cases, the "
      "organisation's own policies), best match first, with ids, resource uris and links to cite. "
      "Use it first when it is not clear what kind of document answers the question.",
      kQueryOverAll, kResultsOverAll, search_all);
}

}  // namespace govhost::mcp
