#include "sync/gate.h"

#include <algorithm>

namespace govhost::sync {
namespace {

// Of fewer documents a few make a large share.
constexpr std::size_t kLeastForShrink = 10;

std::size_t count(const content::Snapshot& snapshot, std::string_view source,
                  std::string_view kind) {
  const auto documents = snapshot.documents();
  return static_cast<std::size_t>(
      std::count_if(documents.begin(), documents.end(), [&](const content::Document& d) {
        return d.provenance.source == source && (kind.empty() || d.kind == kind);
      }));
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
  const std::size_t before = current == nullptr ? 0 : count(*current, source, {});
  const std::size_t after = count(next, source, {});
  if (before < kLeastForShrink || after >= before) return {};
  const double lost = static_cast<double>(before - after) / static_cast<double>(before);
  if (lost <= gate.max_shrink) return {};
  return "has " + std::to_string(after) + " documents, " + std::to_string(before) +
         " before: it lost more than gate.max_shrink allows (" +
         std::to_string(static_cast<int>(gate.max_shrink * 100)) +
         " %); if that is right, raise the key or restart";
}

}  // namespace govhost::sync
