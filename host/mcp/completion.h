// completion/complete: what a prompt argument or a template variable may be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "mcp/json.h"

namespace govhost::mcp {

// What completes a name: documents of a kind, by id or by title.
struct Completes {
  std::string_view kind;  // empty: free text, nothing completes it
  bool titles = false;
};

// CompleteResult's `completion`: the best 100 by rank (begins with what was typed, has a word that
// begins with it, contains it), then in the order of the content; `total` and `hasMore` tell of the
// rest. Ignores case. Of documents that the reader may not see it knows nothing.
Json complete(const content::Snapshot& snapshot, const Completes& by, std::string_view typed,
              const content::Visibility& visible = {});

}  // namespace govhost::mcp
