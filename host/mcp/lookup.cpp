#include "mcp/lookup.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_set>

#include "core/text.h"
#include "core/utf8.h"
#include "mcp/citation.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::NodeId;

constexpr std::size_t kCandidates = 5;
constexpr std::size_t kMostFrameworks = 20;  // named when none is near
constexpr std::size_t kMaxHeading = 64;      // compared: the distance takes quadratic time
constexpr std::size_t kMostSections = 50;    // to choose from
constexpr std::size_t kMostErrors = 5;       // spelt out in one message

std::string quoted(std::string_view name) {
  std::string shown(utf8_prefix(name, 120));
  if (shown.size() < name.size()) shown += "...";
  return "'" + shown + "'";
}

std::string a_word(std::string_view kind) {
  return std::string(kind.empty() ? std::string_view("document") : kind);
}

Json as_json(std::span<const Document* const> candidates) {
  Json out = Json::array();
  for (const Document* d : candidates) out.push_back(candidate(*d));
  return out;
}

Lookup found(std::string_view name, const Document* document) {
  Lookup out;
  out.name = name;
  out.document = document;
  return out;
}

Lookup ambiguous(std::string_view kind, std::string_view name,
                 std::vector<const Document*> candidates) {
  return {std::string(name), nullptr, "ambiguous_id",
          quoted(name) + " names more than one " + a_word(kind) + "; use one of the ids listed",
          std::move(candidates)};
}

Lookup not_found(std::string_view kind, std::string_view name,
                 std::vector<const Document*> candidates) {
  const char* const hint = candidates.empty() ? "; search or the list tools show what there is"
                                              : "; did you mean one of the candidates?";
  return {std::string(name), nullptr, "not_found",
          "there is no " + a_word(kind) + " " + quoted(name) + hint, std::move(candidates)};
}

bool has_all(const std::vector<std::string>& words, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  });
}

}  // namespace

ToolResult Lookup::error() const {
  return ToolResult::error(code, message, {{"candidates", as_json(candidates)}});
}

ToolResult error_of(std::span<const Lookup> unresolved) {
  std::string message;
  std::vector<const Document*> candidates;
  for (const Lookup& each : unresolved.first(std::min(unresolved.size(), kMostErrors))) {
    message += (message.empty() ? "" : "; ") + each.message;
    candidates.insert(candidates.end(), each.candidates.begin(), each.candidates.end());
  }
  if (unresolved.size() > kMostErrors)
    message += "; and " + std::to_string(unresolved.size() - kMostErrors) + " more";
  return ToolResult::error(unresolved[0].code, message, {{"candidates", as_json(candidates)}});
}

Lookup find_document(const ToolContext& context, std::string_view kind, std::string_view name) {
  const content::Snapshot& snapshot = context.generation->snapshot();
  const content::Resolution exact = snapshot.resolve(kind, name, context.visible);
  if (exact) return found(name, exact.document);
  if (exact.ambiguous()) return ambiguous(kind, name, exact.candidates);
  if (!kind.empty()) {
    const content::Resolution other = snapshot.resolve({}, name, context.visible);
    if (other)
      return {std::string(name),
              nullptr,
              "wrong_kind",
              quoted(name) + " is a " + other.document->kind + ", not a " + std::string(kind),
              {other.document}};
  }
  return not_found(kind, name, snapshot.nearest(kind, name, kCandidates, context.visible));
}

Lookup find_framework(const ToolContext& context, std::string_view name) {
  Lookup exact = find_document(context, content::kFramework, name);
  if (exact || exact.code != "not_found") return exact;
  const content::Snapshot& snapshot = context.generation->snapshot();
  const std::vector<std::string> wanted = content::words_of_name(name);
  std::vector<const Document*> named, all;
  for (const Document& framework : snapshot.of_kind(content::kFramework)) {
    if (!context.visible.sees(framework)) continue;
    if (all.size() < kMostFrameworks) all.push_back(&framework);
    const bool has = !wanted.empty() &&
                     has_all(content::words_of_name(framework.id + " " + framework.plain_title +
                                                    " " + framework.title),
                             wanted);
    if (has) named.push_back(&framework);
  }
  if (named.size() == 1) return found(name, named[0]);
  if (named.size() > 1) return ambiguous(content::kFramework, name, std::move(named));
  if (!exact.candidates.empty()) return exact;
  return not_found(content::kFramework, name, std::move(all));
}

FrameworkArgument framework_argument(const Json& arguments, const ToolContext& context) {
  const std::string* const name = text_member(arguments, "framework");
  if (!name) return {};
  const Lookup found = find_framework(context, *name);
  if (!found) return {nullptr, found.error()};
  return {found.document, std::nullopt};
}

TypeArgument type_argument(const Json& arguments, std::string_view name, std::string_view kind,
                           const ToolContext& context) {
  const std::string* const type = text_member(arguments, name);
  if (!type) return {};
  std::set<std::string> known;
  for (const Document& d : context.generation->snapshot().documents())
    if ((kind.empty() || d.kind == kind) && !d.type.empty() && context.visible.sees(d))
      known.insert(d.type);
  for (const std::string& each : known)
    if (equals_ignoring_case(each, *type)) return {each, std::nullopt};
  return {{},
          ToolResult::error("unknown_type",
                            std::string(name) + ": no " + a_word(kind) + " is of type " +
                                quoted(std::string_view(*type)),
                            {{"candidates", known}})};
}

bool sees_any(const ToolContext& context, std::string_view kind) {
  const auto documents = context.generation->snapshot().of_kind(kind);
  return std::any_of(documents.begin(), documents.end(),
                     [&](const Document& d) { return context.visible.sees(d); });
}

std::vector<NodeId> visible_of(const ToolContext& context, std::span<const NodeId> ids) {
  const content::Graph& graph = context.generation->snapshot().graph();
  std::vector<NodeId> out;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(out),
               [&](NodeId id) { return context.visible.sees(graph.document(id)); });
  return out;
}

void write_unresolved(JsonWriter& w, std::span<const Lookup> unresolved) {
  w.array("unresolved", [&] {
    for (const Lookup& each : unresolved)
      w.object([&] {
        w.text("name", each.name);
        w.text("code", each.code);
        w.text("message", each.message);
        w.raw("candidates", as_json(each.candidates).dump());
      });
  });
}

Lookups find_documents(const ToolContext& context, std::string_view kind, const Json* names) {
  Lookups out;
  if (!names) return out;
  std::unordered_set<const Document*> seen;
  for (const Json& name : *names) {
    Lookup lookup = find_document(context, kind, name.get_ref<const std::string&>());
    if (!lookup)
      out.unresolved.push_back(std::move(lookup));
    else if (seen.insert(lookup.document).second)
      out.found.push_back(lookup.document);
  }
  return out;
}

ToolResult SectionLookup::error(const Document& document, std::string_view name) const {
  const std::string wanted = lower(utf8_prefix(trim(name), kMaxHeading));
  std::vector<std::pair<std::size_t, const content::Section*>> sorted;
  for (const content::Section& each : document.sections) {
    const std::string heading = lower(utf8_prefix(each.heading, kMaxHeading));
    const bool holds = !wanted.empty() && heading.find(wanted) != std::string::npos;
    sorted.emplace_back(holds ? 0 : edit_distance(wanted, heading), &each);
    if (sorted.size() == kMostSections) break;
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Json list = Json::array();
  for (const auto& [distance, near] : sorted)
    list.push_back({{"section", near->heading},
                    {"anchor", near->anchor},
                    {"section_uri", uri_of_section(document, *near)}});
  return ToolResult::error(code, message, {{"candidates", std::move(list)}});
}

SectionLookup find_section(const Document& document, std::string_view name) {
  name = trim(name);
  if (name.starts_with('#')) name.remove_prefix(1);
  SectionLookup out;
  std::size_t named = 0;
  for (const content::Section& section : document.sections) {
    if (equals_ignoring_case(section.anchor, name)) return {&section, {}, {}};
    if (equals_ignoring_case(section.heading, name) && ++named == 1) out.section = &section;
  }
  if (named == 1) return out;
  out.section = nullptr;
  out.code = named > 1 ? "ambiguous_id" : "not_found";
  out.message = named > 1 ? document.title + " has " + std::to_string(named) + " sections " +
                                quoted(name) + "; use an anchor"
                          : document.title + " has no section " + quoted(name) +
                                "; its sections are listed, the nearest first";
  return out;
}

ToolResult EntryLookup::error(const content::Graph& graph) const {
  Json list = Json::array();
  for (const NodeId id : candidates) {
    const content::Node node = graph.node(id);
    list.push_back(candidate(*node.document, *node.entry));
  }
  return ToolResult::error(code, message, {{"candidates", std::move(list)}});
}

EntryLookup find_entry(const ToolContext& context, const Document& framework,
                       std::string_view name) {
  const content::Snapshot& snapshot = context.generation->snapshot();
  content::EntryIndex::Found named = snapshot.entry_index().find(name, &framework, context.visible);
  EntryLookup out;
  const auto is_so_called = [&](NodeId id) {
    const content::FrameworkEntry& entry = *snapshot.graph().node(id).entry;
    return equals_ignoring_case(entry.key, trim(name)) ||
           equals_ignoring_case(entry.title, trim(name));
  };
  const auto exact = std::find_if(named.entries.begin(), named.entries.end(), is_so_called);
  if (exact != named.entries.end()) named.entries = {*exact};
  if (named.entries.size() == 1) {
    out.entry = snapshot.graph().node(named.entries[0]).entry;
    return out;
  }
  if (!named.entries.empty()) {
    out.code = "ambiguous_id";
    out.message = quoted(name) + " names " + std::to_string(named.entries.size()) + " entries of " +
                  framework.title + "; use one of the keys listed";
    named.entries.resize(std::min<std::size_t>(named.entries.size(), 2 * kCandidates));
    out.candidates = std::move(named.entries);
    return out;
  }
  out.code = "not_found";
  out.message = framework.title + " has no entry " + quoted(name) +
                "; search_frameworks finds entries by topic";
  out.candidates = snapshot.entry_index().nearest(name, &framework, kCandidates, context.visible);
  return out;
}

}  // namespace govhost::mcp
