// search_frameworks, search_risks and search_mitigations; `search` is in search_all.cpp.
#include <algorithm>

#include "mcp/finder.h"
#include "mcp/tool.h"
#include "mcp/tools/hit.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kQuery = R"({
  "type":"object",
  "properties":{
    "query":{"type":"string","minLength":1,"maxLength":512,
      "description":"what to look for, in plain words"},
    "limit":{"type":"integer","minimum":1,"maximum":20,"default":5,
      "description":"most results wanted, 1 to 20"}},
  "required":["query"],"additionalProperties":false})";

constexpr std::string_view kResults = R"({
  "type":"object",
  "properties":{
    "query":{"type":"string"},
    "results":{"type":"array","items":{"type":"object","properties":{
      "framework_id":{"type":"string","description":"id with the kind in front, except for frameworks"},
      "section":{"type":"string"},"content":{"type":"string","description":"the words around the match"},
      "document_id":{"type":"string"},"public_id":{"type":["string","null"]},
      "title":{"type":"string"},"uri":{"type":"string"},"section_uri":{"type":"string"},
      "entry":{"type":["string","null"]},"link":{"type":["string","null"]},"score":{"type":"number"}},
      "required":["framework_id","section","content"]}},
    "total_found":{"type":"integer"},"message":{"type":["string","null"]}},
  "required":["query","results","total_found"]})";

Json reference_hit(std::string_view prefix, const search::Found& hit) {
  const content::Document& d = *hit.document;
  return {{"framework_id", std::string(prefix) + d.id},
          {"section", hit.heading},
          {"content", hit.snippet},
          {"document_id", d.id},
          {"public_id", text_or_null(d.public_id)},
          {"title", d.title},
          {"uri", d.uri},
          {"section_uri", uri_of_place(hit)},
          {"entry", hit.entry ? Json(hit.entry->key) : Json(nullptr)},
          {"link", text_or_null(link_of_place(hit))},
          {"score", hit.score}};
}

// The three searches of the reference contract: an outage is an empty result with a message.
ToolResult search_kind(std::string_view kind, std::string_view prefix, std::string_view outage,
                       const Json& arguments, ToolContext& context) {
  const std::string& query = *text_member(arguments, "query");
  Json answer{
      {"query", query}, {"results", Json::array()}, {"total_found", 0}, {"message", nullptr}};
  const std::vector<std::string_view> known = visible_kinds(context);
  if (std::find(known.begin(), known.end(), kind) == known.end()) {
    answer["message"] = outage;
    return ToolResult::json(answer);
  }
  const gov::Result<search::Results> found =
      find(context, {query, {kind}, {}, limit_of(arguments, 5)});
  if (!found) return ToolResult::error(found.status());
  for (const search::Found& hit : found->hits)
    answer["results"].push_back(reference_hit(prefix, hit));
  answer["total_found"] = found->total;
  return ToolResult::json(answer);
}

ToolResult search_risks(const Json& a, ToolContext& c) {
  return search_kind(
      content::kRisk, "risk-",
      "Risk catalog unavailable. No content source could be read; please retry later.", a, c);
}
ToolResult search_mitigations(const Json& a, ToolContext& c) {
  return search_kind(
      content::kMitigation, "mitigation-",
      "Mitigation catalog unavailable. No content source could be read; please retry later.", a, c);
}
ToolResult search_frameworks(const Json& a, ToolContext& c) {
  return search_kind(content::kFramework, "", "Framework catalog unavailable. Please retry later.",
                     a, c);
}

}  // namespace

std::vector<Tool> search_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_tool("search_frameworks", "Search Frameworks",
                            "Finds entries of regulatory and industry frameworks (articles, "
                            "controls) by topic, title words "
                            "or identifier such as AC-1 or Article 14. Returns the framework's id, "
                            "the entry and its link.",
                            kQuery, kResults, search_frameworks));
  tools.push_back(make_tool("search_risks", "Search Risks",
                            "Finds AI risks by topic or by describing what happened, best match "
                            "first, with the words around "
                            "the match. Follow up with get_risk; the id is document_id.",
                            kQuery, kResults, search_risks));
  tools.push_back(
      make_tool("search_mitigations", "Search Mitigations",
                "Finds mitigations (controls) by topic or by the problem to solve, best match "
                "first, with the "
                "words around the match. Follow up with get_mitigation; the id is document_id.",
                kQuery, kResults, search_mitigations));
  tools.push_back(search_everything_tool());
  for (Tool& tool : tools) tool.searches = tool.cacheable = true;
  return tools;
}

}  // namespace govhost::mcp
