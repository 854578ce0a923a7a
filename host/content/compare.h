// What changed between two snapshots.
#pragma once

#include "content/snapshot.h"

#include <string>
#include <vector>

namespace govhost::content {

// Names of parts, each list in the order of the snapshot that holds them.
struct NameChanges {
  std::vector<std::string> added, removed, changed;
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

// A link or reference, by the names that both snapshots can understand.
struct LinkName {
  std::string type;    // "mitigates", or the framework of a reference
  std::string target;  // id of the document, key of the entry; of a dangling one as written
  bool dangling = false;
  friend auto operator<=>(const LinkName&, const LinkName&) = default;
};

struct DocumentChange {
  const Document* before = nullptr;  // null: added
  const Document* after = nullptr;   // null: removed
  bool title = false, attributes = false;
  NameChanges sections;  // anchors
  NameChanges entries;   // keys, of frameworks
  std::vector<LinkName> links_added, links_removed;
};

// Documents are the same when source, kind and id are. Links change also where no byte of the
// document does: when a target comes or goes. In the order of the documents, removed ones
// last. What `visible` hides takes no part. Linear in both.
std::vector<DocumentChange> compare(const Snapshot& before, const Snapshot& after,
                                    const Visibility& visible);

}  // namespace govhost::content
