#include "sync/gate.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace govhost::sync {
namespace {

// Of fewer documents a few make a large share.
constexpr std::size_t kLeastForShares = 10;

std::size_t count(const content::Snapshot& snapshot, std::string_view source,
                  std::string_view kind) {
  const auto documents = snapshot.documents();
  return static_cast<std::size_t>(
      std::count_if(documents.begin(), documents.end(), [&](const content::Document& d) {
        return d.provenance.source == source && (kind.empty() || d.kind == kind);
      }));
}

// Documents of which something could not be read as it was meant, or nothing.
std::size_t count_faulty(const content::Snapshot& snapshot, std::string_view source) {
  std::set<std::string_view> keys;
  for (const content::Note& note : snapshot.notes())
    if (note.source == source && !note.of_links) keys.insert(note.key);
  return keys.size();
}

std::string percent(double share) { return std::to_string(static_cast<int>(share * 100)) + " %"; }

std::string missing_attribute(const GateSettings& gate, std::string_view source,
                              const content::Snapshot& next) {
  for (const content::Document& d : next.documents()) {
    const auto wanted = gate.attributes.find(d.kind);
    if (d.provenance.source != source || wanted == gate.attributes.end()) continue;
    for (const std::string& name : wanted->second) {
      const auto found = d.attributes->find(name);
      if (found == d.attributes->end() || found->is_null())
        return "has " + d.provenance.key + " without '" + name +
               "' in its front matter, which gate.attributes wants of each " + d.kind +
               "; correct it upstream, or change the key";
    }
  }
  return {};
}

std::string lost_or_faulty(const GateSettings& gate, std::string_view source,
                           const content::Snapshot& current, const content::Snapshot& next) {
  const std::size_t before = count(current, source, {}), after = count(next, source, {});
  if (before < kLeastForShares) return {};
  if (after < before) {
    const double lost = static_cast<double>(before - after) / static_cast<double>(before);
    if (lost > gate.max_shrink)
      return "has " + std::to_string(after) + " documents, " + std::to_string(before) +
             " before: it lost more than gate.max_shrink allows (" + percent(gate.max_shrink) +
             "); if that is right, raise the key or restart";
  }
  const std::size_t faulty = count_faulty(next, source);
  if (static_cast<double>(faulty) > gate.max_faulty * static_cast<double>(after) &&
      faulty > count_faulty(current, source))
    return "has faults in " + std::to_string(faulty) + " of " + std::to_string(after) +
           " documents: more than gate.max_faulty allows (" + percent(gate.max_faulty) +
           "); `govhost content lint` names them";
  return {};
}

}  // namespace

std::string refusal(const GateSettings& gate, std::string_view source,
                    const content::Snapshot* current, const content::Snapshot& next) {
  for (const auto& [kind, least] : gate.require) {
    const std::size_t has = count(next, source, kind);
    if (has < least)
      return "has " + std::to_string(has) + " documents of kind " + kind +
             ", gate.require wants at least " + std::to_string(least) +
             "; check whether upstream has moved them, or change the key";
  }
  if (std::string why = missing_attribute(gate, source, next); !why.empty()) return why;
  return current == nullptr ? "" : lost_or_faulty(gate, source, *current, next);
}

}  // namespace govhost::sync
