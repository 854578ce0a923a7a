#include "mcp/resources.h"

#include "core/json_text.h"
#include "core/text.h"
#include "core/time.h"
#include "mcp/icons.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kScheme = "finos://";
constexpr std::size_t kMaxUri = 2048;

struct Template {
  const char* kind;
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
};

double priority_of(std::string_view kind) {
  for (const Template& t : kTemplates)
    if (t.kind == kind) return t.priority;
  return 0.5;
}

Picture picture_of(std::string_view kind) {
  return kind == content::kMitigation ? Picture::kShield : Picture::kDocument;
}

}  // namespace

Json describe_resource(const content::Document& d) {
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
                         {"icons", {icon(picture_of(t.kind))}},
                         {"annotations", {{"audience", {"assistant"}}, {"priority", t.priority}}}});
  return templates;
}

Completes completes_variable(std::string_view uri_template, std::string_view variable) {
  for (const Template& t : kTemplates)
    if (uri_template == t.uri &&
        uri_template.find("{" + std::string(variable) + "}") != std::string_view::npos)
      return {t.kind};
  return {};
}

content::Resolution resolve_uri(const content::Snapshot& snapshot, std::string_view uri) {
  if (uri.size() > kMaxUri || !uri.starts_with(kScheme)) return {};
  uri.remove_prefix(kScheme.size());
  uri = uri.substr(0, uri.find('?'));
  const std::size_t slash = uri.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view plural = uri.substr(0, slash);
  const std::string_view encoded = uri.substr(slash + 1);
  for (const std::string_view kind : snapshot.kinds()) {
    if (content::plural_of(kind) != plural) continue;
    // Ids of the known kinds are one path segment; those of other files are paths.
    if (kind != content::kDocument && encoded.find('/') != std::string_view::npos) return {};
    const auto id = percent_decode(encoded);
    if (!id || trim(*id).empty()) return {};
    return snapshot.resolve(kind, *id);
  }
  return {};
}

std::string resource_contents(const content::Document& d, std::string_view uri) {
  std::string out = R"({"contents":[{"uri":)";
  out.reserve(d.body.size() + d.body.size() / 16 + 256);
  append_json_string(out, uri);
  out += R"(,"mimeType":"text/markdown","text":)";
  append_json_string(out, d.body);
  out += R"(,"_meta":{"govhost/document_id":)";
  append_json_string(out, d.id);
  out += R"(,"govhost/sha256":)";
  append_json_string(out, d.provenance.sha256);
  if (!d.provenance.link.empty()) {
    out += R"(,"govhost/link":)";
    append_json_string(out, d.provenance.link);
  }
  out += "}}]";
  return out;
}

}  // namespace govhost::mcp
