#include "search/attributes.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace govhost::search {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{16} << 10u;  // of one document

// Keys whose values are elsewhere already, or say nothing about the subject.
bool is_structure(std::string_view key) {
  constexpr std::string_view kKeys[] = {"title",  "layout",  "sequence", "doc-status", "mitigates",
                                        "kind",   "id",      "date",     "permalink",  "version",
                                        "status", "licence", "license"};
  return key.ends_with("_references") || key.starts_with("related_") ||
         std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

void append(std::string& out, std::string_view text) {
  if (text.empty() || out.size() + text.size() > kMostBytes) return;
  if (!out.empty()) out += "; ";
  out += text;
}

void append_values(const Json& value, std::string& out) {
  if (value.is_string()) append(out, value.get_ref<const std::string&>());
  if (value.is_array())
    for (const Json& each : value)
      if (each.is_string()) append(out, each.get_ref<const std::string&>());
}

}  // namespace

std::string Attributes::text_of(const content::Document& document) const {
  std::string out;
  append(out, document.short_id);
  append(out, document.public_id);
  if (document.attributes && document.attributes->is_object())
    for (const auto& [key, value] : document.attributes->items())
      if (!is_structure(key)) append_values(value, out);
  const auto documents = snapshot_.documents();
  const content::Visibility open = snapshot_.open_to(document);
  const auto append_title = [&](const content::Document& other) {
    if (open.sees(other)) append(out, other.plain_title);
  };
  for (const content::Link& link : document.links)
    if (link.document) append_title(documents[*link.document]);
  for (const content::Document* from : snapshot_.linking_to(document, "mitigates"))
    append_title(*from);
  for (const content::Reference& reference : document.references) {
    if (!reference.place) continue;
    const content::Document& framework = documents[reference.place->document];
    if (open.sees(framework)) append(out, framework.entries[reference.place->entry].title);
  }
  return out;
}

bool Attributes::names_others(const content::Document& document) const {
  return !document.links.empty() || !document.references.empty() ||
         !snapshot_.linking_to(document, "mitigates").empty();
}

std::vector<std::string_view> Attributes::frameworks_of(const content::Document& document) {
  std::vector<std::string_view> names;
  if (!document.entries.empty()) names.push_back(document.id);
  for (const content::Reference& reference : document.references)
    if (std::find(names.begin(), names.end(), reference.framework) == names.end())
      names.push_back(reference.framework);
  return names;
}

}  // namespace govhost::search
