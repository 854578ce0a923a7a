#include "bundle/delta.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace govhost::bundle {
namespace {

gov::Status misfit(const std::string& source, const std::string& key) {
  return gov::invalid("is damaged: its base has no " + source + ":" + key + " to take away");
}

}  // namespace

Manifest delta_of(const Manifest& whole, const Manifest& before, Base base) {
  Manifest out{whole.sequence,   whole.accepted_at,
               whole.written_by, whole.digest,
               whole.sources,    {},
               std::move(base),  {}};
  auto old = before.entries.begin();
  const auto drop_until = [&](const Entry* end) {
    for (; old != before.entries.end() && (end == nullptr || place_of(*old) < place_of(*end));
         ++old)
      out.removed.push_back({old->source, old->key});
  };
  for (const Entry& entry : whole.entries) {
    drop_until(&entry);
    const bool there = old != before.entries.end() && place_of(*old) == place_of(entry);
    if (!there || *old != entry) out.entries.push_back(entry);
    if (there) ++old;
  }
  drop_until(nullptr);
  return out;
}

gov::Result<Manifest> apply(Manifest delta, const Manifest& before) {
  std::vector<Entry> merged;
  merged.reserve(before.entries.size() + delta.entries.size());
  auto changed = delta.entries.begin();
  auto removed = delta.removed.begin();
  const auto take_changed = [&](const Entry* end) {
    while (changed != delta.entries.end() &&
           (end == nullptr || place_of(*changed) < place_of(*end)))
      merged.push_back(std::move(*changed++));
  };
  for (const Entry& old : before.entries) {
    take_changed(&old);
    const bool is_removed = removed != delta.removed.end() && place_of(*removed) == place_of(old);
    const bool is_changed = changed != delta.entries.end() && place_of(*changed) == place_of(old);
    if (is_removed) ++removed;
    if (is_changed) merged.push_back(std::move(*changed++));
    if (!is_removed && !is_changed) merged.push_back(old);
  }
  take_changed(nullptr);
  if (removed != delta.removed.end()) return misfit(removed->source, removed->key);
  delta.entries = std::move(merged);
  delta.removed.clear();
  return delta;
}

}  // namespace govhost::bundle
