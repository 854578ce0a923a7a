#include "mcp/finder.h"

#include <algorithm>
#include <utility>

namespace govhost::mcp {
namespace {

using content::Document;
using content::Snapshot;

// The hit in another snapshot; false when its document or place is gone.
bool move_to(const Snapshot& snapshot, search::Found& hit) {
  const content::Provenance& from = hit.document->provenance;
  const auto moved = snapshot.resolve(hit.document->kind, from.source + ":" + from.key);
  if (!moved) return false;
  const Document& document = *moved.document;
  if (hit.section) {
    const auto same =
        std::find_if(document.sections.begin(), document.sections.end(),
                     [&](const content::Section& s) { return s.anchor == hit.section->anchor; });
    if (same == document.sections.end()) return false;
    hit.section = &*same;
  }
  if (hit.entry) {
    const auto same =
        std::find_if(document.entries.begin(), document.entries.end(),
                     [&](const content::FrameworkEntry& e) { return e.key == hit.entry->key; });
    if (same == document.entries.end()) return false;
    hit.entry = &*same;
  }
  hit.document = &document;
  return true;
}

}  // namespace

gov::Result<search::Results> find(ToolContext& context, search::Request request) {
  const auto snapshot = context.generation->share_snapshot();
  if (!context.visible.everything()) {
    // As facets, so that the backend's limit and total are of visible passages alone.
    request.among = visible_sources(context);
    const bool none = request.among.empty() ||
                      (!request.source.empty() && !context.visible.sees_source(request.source));
    if (none) return search::Results{{}, 0, snapshot};
    if (!request.source.empty()) request.among.clear();
  }
  gov::Result<search::Results> found = context.search.query(context.call, request);
  if (!found) return found;
  const bool other = found->snapshot != snapshot;
  const std::size_t before = found->hits.size();
  std::erase_if(found->hits, [&](search::Found& hit) {
    return !context.visible.sees(*hit.document) || (other && !move_to(*snapshot, hit));
  });
  found->total -= before - found->hits.size();
  found->snapshot = snapshot;
  return found;
}

std::vector<std::string_view> visible_kinds(const ToolContext& context) {
  const Snapshot& snapshot = context.generation->snapshot();
  std::vector<std::string_view> kinds = snapshot.kinds();
  if (context.visible.everything()) return kinds;
  std::erase_if(kinds, [&](std::string_view kind) {
    const auto documents = snapshot.of_kind(kind);
    return std::none_of(documents.begin(), documents.end(),
                        [&](const Document& d) { return context.visible.sees(d); });
  });
  return kinds;
}

std::vector<std::string_view> visible_sources(const ToolContext& context) {
  std::vector<std::string_view> sources;
  for (const std::string& source : context.generation->sources())
    if (context.visible.sees_source(source)) sources.push_back(source);
  return sources;
}

}  // namespace govhost::mcp
