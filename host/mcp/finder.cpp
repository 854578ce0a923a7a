#include "mcp/finder.h"

#include <algorithm>
#include <utility>

#include "mcp/lookup.h"

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

gov::Result<search::Results> find(ToolContext& context, search::Request request,
                                  std::string_view source) {
  const auto snapshot = context.generation->share_snapshot();
  if (snapshot->restricts() && !(source.empty() && context.visible.everything())) {
    // As facets, so that the backend's limit and total are of visible passages alone.
    for (const Snapshot::Part& part : snapshot->parts())
      if (context.visible.sees(part.restrictions) && (source.empty() || part.source == source))
        request.sources.push_back(search::source_facet(part.source, part.restrictions));
    // A hidden source and one that does not exist part from the rest at the same place, whatever
    // state the index is in.
    if (request.sources.empty()) return search::Results{{}, 0, snapshot};
  } else if (!source.empty()) {
    request.sources.emplace_back(source);
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
  std::erase_if(kinds, [&](std::string_view kind) { return !sees_any(context, kind); });
  return kinds;
}

std::vector<std::string_view> visible_sources(const ToolContext& context) {
  std::vector<std::string_view> sources;
  for (const std::string& source : context.generation->sources())
    if (context.visible.sees_source(source)) sources.push_back(source);
  return sources;
}

}  // namespace govhost::mcp
