#include "mcp/prompts/passages.h"

#include "core/text.h"
#include "core/utf8.h"
#include "mcp/citation.h"
#include "mcp/lookup.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::NodeId;

constexpr std::size_t kSectionExcerpt = 800;
constexpr std::size_t kMostLinks = 12;  // of one kind, of one document

template <class Name>
void add_line(std::string& out, std::string_view label, const std::vector<NodeId>& ids,
              const Name& name) {
  if (ids.empty()) return;
  out += '\n' + std::string(label) + ": ";
  for (std::size_t i = 0; i < ids.size() && i < kMostLinks; ++i)
    out += (i == 0 ? "" : "; ") + name(ids[i]);
  if (ids.size() > kMostLinks) out += "; and " + std::to_string(ids.size() - kMostLinks) + " more";
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t bytes) {
  std::string out(trim(utf8_prefix(text, bytes)));
  if (text.size() > bytes) out += "...";
  return out;
}

std::string heading_of(const Document& document) {
  std::string out = "### " + document.title + " (" + document.id + ")\nResource: " + document.uri;
  if (!document.provenance.link.empty()) out += "\nOriginal: " + document.provenance.link;
  return out + '\n';
}

std::string mention(const Document& document) { return document.title + " [" + document.uri + "]"; }

std::string line_of_entry(const Document& framework, const content::FrameworkEntry& entry) {
  return "- " + entry.key + ": " + entry.title + " [" + uri_of_entry(framework, entry) + "]\n";
}

std::string section_text(const Document& document, std::initializer_list<std::string_view> names) {
  const std::string_view body = *document.body;
  for (const std::string_view name : names)
    for (const content::Section& s : document.sections)
      if (equals_ignoring_case(s.heading, name))
        return excerpt(trim(body.substr(s.text, s.subtree_end - s.text)), kSectionExcerpt);
  return excerpt(body, kSectionExcerpt);
}

std::string links_text(const ToolContext& context, const Document& document) {
  const content::Graph& graph = context.generation->snapshot().graph();
  const NodeId self = graph.id_of(document);
  const auto title = [&](NodeId id) { return mention(graph.document(id)); };
  const auto entry = [&](NodeId id) {
    const content::Node node = graph.node(id);
    return node.document->title + ", " + node.entry->title + " [" +
           uri_of_entry(*node.document, *node.entry) + "]";
  };
  std::string out;
  add_line(out, "Mitigated by", visible_of(context, graph.in(self, EdgeType::kMitigates)), title);
  add_line(out, "Mitigates", visible_of(context, graph.out(self, EdgeType::kMitigates)), title);
  add_line(out, "Cites", visible_of(context, graph.out(self, EdgeType::kReferences)), entry);
  return out;
}

std::string evidence_text(const Document& document, const Assessment::Evidence& evidence) {
  if (evidence.snippet.empty()) return {};
  const std::string uri =
      evidence.section ? uri_of_section(document, *evidence.section) : document.uri;
  return "Evidence (\"" + (evidence.section ? evidence.section->heading : evidence.heading) +
         "\", " + uri + "): " + evidence.snippet + '\n';
}

}  // namespace govhost::mcp
