// The console's page about what is served.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "app/console_pages.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::size_t kMostNotes = 100;

// Whoever may read the console need not have the scopes that restricted documents need.
json notes_of(const content::Snapshot& snapshot, std::size_t& hidden) {
  json out = json::array();
  for (const content::Note& note : snapshot.notes()) {
    if (note.restrictions != 0)
      ++hidden;
    else if (out.size() < kMostNotes)
      out.push_back({{"source", note.source},
                     {"key", note.key},
                     {"line", note.line},
                     {"message", note.message},
                     {"skipped", note.skipped}});
  }
  return out;
}

}  // namespace

json ConsolePages::content() const {
  const ConsoleParts parts = asked_.now();
  const auto status = parts.setup->control().answer({{"verb", "content.status"}});
  json out = status ? *status : json{{"problem", status.status().message()}};
  const auto generation = parts.server.generation();
  if (!generation) return out;
  const content::Snapshot& snapshot = generation->snapshot();
  json kinds = json::array();
  for (const std::string_view kind : snapshot.kinds())
    kinds.push_back({{"kind", kind}, {"documents", snapshot.of_kind(kind).size()}});
  std::size_t hidden = 0;
  out["notes"] = notes_of(snapshot, hidden);
  out["notes_total"] = snapshot.notes().size();
  out["notes_restricted"] = hidden;
  out["kinds"] = std::move(kinds);
  out["built_at"] = to_rfc3339(snapshot.built_at());
  out["missing_sources"] = generation->missing_sources();
  out["earlier"] = json::array();
  for (const auto& earlier : generation->earlier())
    out["earlier"].push_back({{"snapshot", earlier->digest().substr(0, 12)},
                              {"documents", earlier->documents().size()},
                              {"built_at", to_rfc3339(earlier->built_at())}});
  return out;
}

}  // namespace govhost::app
