// Two snapshots side by side, for operators.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "content/snapshot.h"

namespace govhost::app {

// {"from", "to", "counts": {added, removed, changed}, "documents": [{change, source, key, title,
// sections: {added, removed, changed}, links_added, links_removed}]}
nlohmann::json compare_report(const content::Snapshot& before, const content::Snapshot& after);

// The report as lines: "changed  aigf:docs/_risks/ri-3_x.md  Title" and what changed below.
std::string as_text(const nlohmann::json& report);

}  // namespace govhost::app
