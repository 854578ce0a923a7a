// What the console has on board.
#pragma once

#include <vector>

#include "core/embedded.h"

namespace govhost::console {

std::vector<EmbeddedFile> assets();    // host/console/assets: "index.html", "app.js"
std::vector<EmbeddedFile> runbooks();  // docs/operations/runbooks: "slow.md", by name

}  // namespace govhost::console
