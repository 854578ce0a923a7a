// list_frameworks, get_framework, list_risks, list_mitigations, get_risk, get_mitigation.
#include "mcp/answers.h"
#include "mcp/lookup.h"
#include "mcp/tool.h"

namespace govhost::mcp {
namespace {

using content::Document;

constexpr std::string_view kFrameworkList = R"({
  "type":"object",
  "properties":{
    "frameworks":{"type":"array","items":{"type":"object","properties":{
      "id":{"type":"string"},"name":{"type":"string"},"description":{"type":"string"},
      "title":{"type":["string","null"]},"entries":{"type":"integer"},"uri":{"type":"string"},
      "link":{"type":["string","null"]}},"required":["id","name","description"]}},
    "total_count":{"type":"integer"},
    "source":{"type":["string","null"]},"message":{"type":["string","null"]}},
  "required":["frameworks","total_count"]})";

constexpr std::string_view kFrameworkContent = R"({
  "type":"object",
  "properties":{
    "framework_id":{"type":"string"},"content":{"type":"string"},
    "sections":{"type":"integer","description":"number of citable entries"},
    "last_updated":{"type":["string","null"]},"title":{"type":["string","null"]},
    "uri":{"type":["string","null"]},"link":{"type":["string","null"]},
    "source":{"type":["string","null"]},"sha256":{"type":["string","null"]},
    "licence":{"type":["string","null"]},
    "candidates":{"type":"array","items":{"type":"object"},
      "description":"what may have been meant, when the id is unknown"}},
  "required":["framework_id","content","sections"]})";

constexpr std::string_view kDocumentList = R"({
  "type":"object",
  "properties":{
    "documents":{"type":"array","items":{"type":"object","properties":{
      "id":{"type":"string"},"name":{"type":"string"},"filename":{"type":"string"},
      "description":{"type":["string","null"]},"last_modified":{"type":["string","null"]},
      "title":{"type":["string","null"]},"type":{"type":["string","null"]},
      "status":{"type":["string","null"]},"short_id":{"type":["string","null"]},
      "public_id":{"type":["string","null"]},"uri":{"type":"string"},
      "link":{"type":["string","null"]}},"required":["id","name","filename"]}},
    "total_count":{"type":"integer"},"document_type":{"type":"string","enum":["risk","mitigation"]},
    "source":{"type":"string"},"message":{"type":["string","null"]}},
  "required":["documents","total_count","document_type","source"]})";

constexpr std::string_view kDocumentContent = R"({
  "type":"object",
  "properties":{
    "document_id":{"type":"string"},"title":{"type":"string"},"content":{"type":"string"},
    "sections":{"type":"array","items":{"type":"string"}},
    "short_id":{"type":["string","null"]},"public_id":{"type":["string","null"]},
    "uri":{"type":"string"},"link":{"type":["string","null"]},"type":{"type":["string","null"]},
    "status":{"type":["string","null"]},"last_modified":{"type":["string","null"]},
    "source":{"type":"string"},"sha256":{"type":"string"},"licence":{"type":["string","null"]},
    "candidates":{"type":"array","items":{"type":"object"},
      "description":"what may have been meant, when the id is unknown"}},
  "required":["document_id","title","content","sections"]})";

ToolResult list(std::string_view kind, ToolContext& context) {
  if (context.visible.everything()) {
    context.counters.hit();
    return ToolResult::fixed(context.generation->list_answer(kind));
  }
  context.counters.miss();
  const content::Snapshot& snapshot = context.generation->snapshot();
  return ToolResult::json(std::string_view(
      kind == content::kFramework ? list_of_frameworks(snapshot, context.visible)
                                  : list_of_documents(snapshot, kind, context.visible)));
}

ToolResult content_of(const Document& document, ToolContext& context) {
  const std::string_view answer = context.generation->document_answer(document);
  if (!answer.empty()) {
    context.counters.hit();
    return ToolResult::fixed(answer);
  }
  context.counters.miss();
  return ToolResult::json(std::string_view(document.kind == content::kFramework
                                               ? framework_content(document)
                                               : document_content(document)));
}

// The reference contract answers an unknown id with an ordinary result that says so.
ToolResult get(std::string_view kind, const std::string& name, ToolContext& context) {
  const content::Snapshot& snapshot = context.generation->snapshot();
  if (const auto exact = snapshot.resolve(kind, name, context.visible))
    return content_of(*exact.document, context);
  const bool framework = kind == content::kFramework;
  const Lookup found =
      framework ? find_framework(context, name) : find_document(context, kind, name);
  if (found) return content_of(*found.document, context);
  if (found.code == "ambiguous_id") return found.error();
  const bool unavailable = !sees_any(context, kind);
  return ToolResult::json(
      std::string_view(framework ? missing_framework(name, unavailable, found.candidates)
                                 : missing_document(kind, name, unavailable, found.candidates)));
}

ToolResult list_frameworks(const Json&, ToolContext& c) { return list(content::kFramework, c); }
ToolResult list_risks(const Json&, ToolContext& c) { return list(content::kRisk, c); }
ToolResult list_mitigations(const Json&, ToolContext& c) { return list(content::kMitigation, c); }

ToolResult get_framework(const Json& a, ToolContext& c) {
  return get(content::kFramework, *text_member(a, "framework"), c);
}
ToolResult get_risk(const Json& a, ToolContext& c) {
  return get(content::kRisk, *text_member(a, "risk_id"), c);
}
ToolResult get_mitigation(const Json& a, ToolContext& c) {
  return get(content::kMitigation, *text_member(a, "mitigation_id"), c);
}

}  // namespace

std::vector<Tool> document_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "list_frameworks", "List Governance Frameworks",
      "Lists the regulatory and industry frameworks that the knowledge base cites, with their ids "
      "and "
      "the number of citable entries. Use it to find the id for get_framework. Takes no arguments.",
      kNoArguments, kFrameworkList, list_frameworks));
  tools.push_back(make_tool(
      "get_framework", "Get Framework Content",
      "Returns one framework: its citable entries (articles, controls) with official titles and "
      "links. "
      "Use search_frameworks instead when only a topic is known; the full text can be long.",
      R"({"type":"object","properties":{"framework":{"type":"string","minLength":1,"maxLength":128,
          "description":"id or title from list_frameworks, for example nist-ai-600-1"}},
          "required":["framework"],"additionalProperties":false})",
      kFrameworkContent, get_framework));
  tools.push_back(
      make_tool("list_risks", "List Governance Risks",
                "Lists all AI risks of the knowledge base with ids and titles. Use it for an "
                "overview or to find "
                "the id for get_risk; use search_risks to find risks by topic. Takes no arguments.",
                kNoArguments, kDocumentList, list_risks));
  tools.push_back(make_tool(
      "list_mitigations", "List Governance Mitigations",
      "Lists all mitigations (controls) of the knowledge base with ids and titles. Use it for an "
      "overview "
      "or to find the id for get_mitigation; use search_mitigations by topic. Takes no arguments.",
      kNoArguments, kDocumentList, list_mitigations));
  tools.push_back(make_tool(
      "get_risk", "Get Risk Content",
      "Returns the full text of one risk in Markdown with its section headings. Quote it with its "
      "title "
      "and link. An unknown id gives a result whose title says so.",
      R"({"type":"object","properties":{"risk_id":{"type":"string","minLength":1,"maxLength":256,
          "description":"id from list_risks (10_prompt-injection), short id (ri-10), number, public id or title"}},
          "required":["risk_id"],"additionalProperties":false})",
      kDocumentContent, get_risk));
  tools.push_back(make_tool(
      "get_mitigation", "Get Mitigation Content",
      "Returns the full text of one mitigation in Markdown with its section headings. Quote it "
      "with its "
      "title and link. An unknown id gives a result whose title says so.",
      R"({"type":"object","properties":{"mitigation_id":{"type":"string","minLength":1,"maxLength":256,
          "description":"id from list_mitigations, short id (mi-3), number, public id or title"}},
          "required":["mitigation_id"],"additionalProperties":false})",
      kDocumentContent, get_mitigation));
  return tools;
}

}  // namespace govhost::mcp
