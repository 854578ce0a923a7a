// completion/complete: what a prompt argument or a template variable may be.
#pragma once

#include <string_view>

#include "content/snapshot.h"
#include "mcp/json.h"

namespace govhost::mcp {

// What completes a name.
struct Completes {
  enum class By {
    kNothing,  // free text
    kId,       // documents, by their ids
    kTitle,    // documents, by their titles
    kIds,      // several ids separated by commas: the last one is completed
    kCollection,
    kEntry,    // of the framework that the variable framework_id names, else of all
    kSection,  // of the document that the variable document_id names
  };
  By by = By::kNothing;
  std::string_view kind = {};  // of documents; empty: that of the variable collection, else any
};

// CompleteResult's `completion`: the best 100 by rank (begins with what was typed, has a word that
// begins with it, contains it), then in the order of the content; `total` and `hasMore` tell of the
// rest. Ignores case. `variables`: the values that the client has already, an object or null. Of
// documents that the reader may not see it knows nothing.
Json complete(const content::Snapshot& snapshot, const Completes& completes, std::string_view typed,
              const Json& variables, const content::Visibility& visible);

}  // namespace govhost::mcp
