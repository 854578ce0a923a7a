#include "mcp/resources.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/text.h"
#include "core/time.h"
#include "mcp/citation.h"
#include "mcp/icons.h"
#include "mcp/json_writer.h"
#include "mcp/overview.h"

namespace govhost::mcp {
namespace {

using content::Document;
using What = ResourceTarget::What;

constexpr std::string_view kScheme = "finos://";
constexpr std::size_t kMaxUri = 2048;
constexpr double kOverviewPriority = 0.7;

struct Template {
  const char* kind;  // null: of no kind
  const char* uri;
  const char* name;
  const char* title;
  const char* description;
  double priority;
};

constexpr Template kTemplates[] = {
    {content::kFramework, "finos://frameworks/{framework_id}", "Framework Document",
     "Framework Resource", "A regulatory or industry framework with its citable entries", 0.9},
    {content::kRisk, "finos://risks/{risk_id}", "Risk Document", "Risk Resource",
     "An AI risk of the knowledge base", 0.85},
    {content::kMitigation, "finos://mitigations/{mitigation_id}", "Mitigation Document",
     "Mitigation Resource", "A mitigation (control) of the knowledge base", 0.85},
    {content::kUseCase, "finos://usecases/{usecase_id}", "Use Case Document", "Use Case Resource",
     "A documented use case of AI", 0.8},
    {nullptr, "finos://frameworks/{framework_id}/entries/{entry_key}", "Framework Entry",
     "Framework Entry Resource", "One article, control or section of a framework, and who cites it",
     0.8},
    {nullptr, "finos://{collection}/{document_id}/sections/{section_anchor}", "Document Section",
     "Section Resource",
     "One section of a document; the collection is risks, mitigations, usecases, frameworks, or "
     "the plural of another kind",
     0.8},
};

double priority_of(std::string_view kind) {
  for (const Template& t : kTemplates)
    if (t.kind && t.kind == kind) return t.priority;
  return 0.5;
}

Picture picture_of(std::string_view kind) {
  return kind == content::kMitigation ? Picture::kShield : Picture::kDocument;
}

Json describe_overview(std::string_view uri, const char* name, const char* title, const char* type,
                       const char* description, std::size_t size) {
  return {{"uri", uri},
          {"name", name},
          {"title", title},
          {"description", description},
          {"mimeType", type},
          {"size", size},
          {"icons", {icon(Picture::kDocument)}},
          {"annotations", {{"audience", {"assistant"}}, {"priority", kOverviewPriority}}}};
}

std::string index_for(const Generation& generation, const content::Visibility& visible) {
  return visible.everything() ? std::string(generation.index_text())
                              : index_of(generation.snapshot(), visible);
}

std::string graph_for(const Generation& generation, const content::Visibility& visible) {
  return visible.everything() ? std::string(generation.graph_text())
                              : graph_of(generation.snapshot(), visible);
}

// "a/b/sections/c" as "a/b" and "c".
std::optional<std::pair<std::string_view, std::string_view>> split_at(std::string_view path,
                                                                      std::string_view mark) {
  const std::size_t at = path.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(path.substr(0, at), path.substr(at + mark.size()));
}

// Ids of the known kinds are one path segment; those of other files are paths.
ResourceTarget find_document(const content::Snapshot& snapshot, std::string_view kind,
                             std::string_view encoded, const content::Visibility& visible) {
  ResourceTarget out;
  if (kind != content::kDocument && encoded.find('/') != std::string_view::npos) return out;
  const auto id = percent_decode(encoded);
  if (!id || trim(*id).empty()) return out;
  content::Resolution found = snapshot.resolve(kind, *id, visible);
  out.document = found.document;
  out.candidates = std::move(found.candidates);
  if (out.document) out.what = What::kDocument;
  return out;
}

// A document's part by its name, by exact comparison of the decoded segment.
template <class Item>
const Item* find_part(const std::vector<Item>& items, std::string Item::*name,
                      std::string_view encoded) {
  const auto wanted = percent_decode(encoded);
  if (!wanted) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) {
    return equals_ignoring_case(item.*name, *wanted);
  });
  return found == items.end() ? nullptr : &*found;
}

ResourceTarget find_in_kind(const content::Snapshot& snapshot, std::string_view kind,
                            std::string_view path, const content::Visibility& visible) {
  ResourceTarget whole = find_document(snapshot, kind, path, visible);
  if (whole || whole.ambiguous()) return whole;
  if (const auto parts = split_at(path, "/sections/")) {
    ResourceTarget part = find_document(snapshot, kind, parts->first, visible);
    if (!part) return part;
    part.section = find_part(*part.document->sections, &content::Section::anchor, parts->second);
    part.what = part.section ? What::kSection : What::kNothing;
    return part;
  }
  if (const auto parts = split_at(path, "/entries/")) {
    ResourceTarget part = find_document(snapshot, kind, parts->first, visible);
    if (!part) return part;
    part.entry = find_part(*part.document->entries, &content::FrameworkEntry::key, parts->second);
    part.what = part.entry ? What::kEntry : What::kNothing;
    return part;
  }
  return {};
}

std::string text_of_entry(const content::Graph& graph, const Document& framework,
                          const content::FrameworkEntry& entry,
                          const content::Visibility& visible) {
  std::string out = "# " + entry.title + "\n\nEntry " + entry.key + " of [" + framework.title +
                    "](" + framework.uri + ")\n";
  if (!entry.issuer.empty()) out += "\nIssued by " + entry.issuer + "\n";
  if (!entry.description.empty()) out += '\n' + entry.description + '\n';
  if (!entry.url.empty()) out += "\nSource: " + entry.url + '\n';
  std::string citing;
  for (const content::NodeId id :
       graph.in(graph.id_of(framework, entry), content::EdgeType::kReferences)) {
    const Document& document = graph.document(id);
    if (visible.sees(document)) citing += "- [" + document.title + "](" + document.uri + ")\n";
  }
  return citing.empty() ? out : out + "\n## Cited by\n\n" + citing;
}

}  // namespace

ResourceList::ResourceList(const Generation& generation, const content::Visibility& visible)
    : generation_(generation), visible_(visible), count_(generation.snapshot().documents().size()) {
  if (visible.everything()) return;
  for (const Document& document : generation.snapshot().documents())
    if (visible.sees(document)) seen_.push_back(&document);
  count_ = seen_.size();
}

Json ResourceList::describe(std::size_t index) const {
  if (index == 0)
    return describe_overview(kIndexUri, "index", "Index", "text/markdown",
                             "All documents by kind, with the URIs to read them",
                             index_for(generation_, visible_).size());
  if (index == 1)
    return describe_overview(kGraphUri, "graph.json", "Knowledge Graph", "application/json",
                             "Which documents mitigate, relate to and cite which",
                             graph_for(generation_, visible_).size());
  index -= kOverviews;
  return describe_resource(visible_.everything() ? generation_.snapshot().documents()[index]
                                                 : *seen_[index]);
}

std::string_view ResourceList::uri(std::size_t index) const {
  if (index == 0) return kIndexUri;
  if (index == 1) return kGraphUri;
  index -= kOverviews;
  return visible_.everything() ? std::string_view(generation_.snapshot().documents()[index].uri)
                               : std::string_view(seen_[index]->uri);
}

Json describe_resource(const Document& d) {
  Json annotations{{"audience", {"assistant"}}, {"priority", priority_of(d.kind)}};
  if (d.provenance.modified) annotations["lastModified"] = to_rfc3339(*d.provenance.modified);
  Json resource{{"uri", d.uri},
                {"name", d.id},
                {"title", d.title},
                {"mimeType", "text/markdown"},
                {"size", d.body.size()},
                {"icons", {icon(picture_of(d.kind))}},
                {"annotations", std::move(annotations)}};
  if (!d.description.empty()) resource["description"] = d.description;
  return resource;
}

Json resource_templates() {
  Json templates = Json::array();
  for (const Template& t : kTemplates)
    templates.push_back({{"uriTemplate", t.uri},
                         {"name", t.name},
                         {"title", t.title},
                         {"description", t.description},
                         {"mimeType", "text/markdown"},
                         {"icons", {icon(t.kind ? picture_of(t.kind) : Picture::kDocument)}},
                         {"annotations", {{"audience", {"assistant"}}, {"priority", t.priority}}}});
  return templates;
}

Completes completes_variable(std::string_view uri_template, std::string_view variable) {
  using By = Completes::By;
  const auto known = std::find_if(std::begin(kTemplates), std::end(kTemplates),
                                  [&](const Template& each) { return uri_template == each.uri; });
  if (known == std::end(kTemplates) ||
      uri_template.find("{" + std::string(variable) + "}") == std::string_view::npos)
    return {};
  if (variable == "entry_key") return {By::kEntry};
  if (variable == "section_anchor") return {By::kSection};
  if (variable == "collection") return {By::kCollection};
  if (variable == "framework_id") return {By::kId, content::kFramework};
  return {By::kId, known->kind ? known->kind : std::string_view()};
}

ResourceTarget resolve_uri(const content::Snapshot& snapshot, std::string_view uri,
                           const content::Visibility& visible) {
  if (uri.size() > kMaxUri || !uri.starts_with(kScheme)) return {};
  uri = uri.substr(0, uri.find('?'));
  if (uri == kIndexUri) return {What::kIndex, nullptr, nullptr, nullptr, {}};
  if (uri == kGraphUri) return {What::kGraph, nullptr, nullptr, nullptr, {}};
  uri.remove_prefix(kScheme.size());
  const std::size_t slash = uri.find('/');
  if (slash == std::string_view::npos) return {};
  for (const std::string_view kind : snapshot.kinds())
    if (content::plural_of(kind) == uri.substr(0, slash))
      return find_in_kind(snapshot, kind, uri.substr(slash + 1), visible);
  return {};
}

std::string resource_contents(const Generation& generation, const ResourceTarget& target,
                              std::string_view uri, const content::Visibility& visible) {
  const Document* const d = target.document;
  JsonWriter w(d ? d->body.size() + d->body.size() / 16 + 256 : 4096);
  const auto write = [&](std::string_view type, std::string_view text) {
    w.text("uri", uri);
    w.text("mimeType", type);
    w.text("text", text);
  };
  std::string link = d ? d->provenance.link : std::string();
  w.array("contents", [&] {
    w.object([&] {
      switch (target.what) {
        case What::kIndex: return write("text/markdown", index_for(generation, visible));
        case What::kGraph: return write("application/json", graph_for(generation, visible));
        case What::kSection:
          link = link_of_section(*d, *target.section);
          write("text/markdown",
                std::string_view(*d->body).substr(
                    target.section->begin, target.section->subtree_end - target.section->begin));
          break;
        case What::kEntry:
          link = link_of_entry(*d, *target.entry);
          write("text/markdown",
                text_of_entry(generation.snapshot().graph(), *d, *target.entry, visible));
          break;
        case What::kDocument:
        case What::kNothing: write("text/markdown", *d->body);
      }
      w.object("_meta", [&] {
        w.text("govhost/document_id", d->id);
        w.text("govhost/sha256", d->provenance.sha256);
        if (!link.empty()) w.text("govhost/link", link);
      });
    });
  });
  return "{" + std::move(w).take();
}

}  // namespace govhost::mcp
