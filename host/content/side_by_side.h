// Two snapshots gone through together.
#pragma once

#include <cstddef>
#include <optional>

#include "content/snapshot.h"

namespace govhost::content {

// Calls on_pair(before, after) with the indices of each document, one of them absent where only one
// snapshot has it. Linear: the order of both is the same. A document is itself while kind, file
// name, source and key are. What went over unread is told by a pointer.
template <class OnPair>
void side_by_side(const Snapshot& before, const Snapshot& after, const OnPair& on_pair) {
  using Index = std::optional<std::size_t>;
  const auto old = before.documents(), now = after.documents();
  std::size_t i = 0, j = 0;
  while (i < old.size() || j < now.size()) {
    const bool both = i < old.size() && j < now.size();
    const bool shared = both && old[i].body.shares(now[j].body);
    if (!shared && (j == now.size() || (both && stands_before(old[i], now[j]))))
      on_pair(Index(i++), Index());
    else if (!shared && (i == old.size() || stands_before(now[j], old[i])))
      on_pair(Index(), Index(j++));
    else
      on_pair(Index(i++), Index(j++));
  }
}

}  // namespace govhost::content
