// The sources that are part of the host.
#pragma once

#include <memory>
#include <vector>

#include "core/embedded.h"
#include "plugin/adapters.h"

namespace govhost::app {

std::vector<EmbeddedFile> starter_files();
std::unique_ptr<plugin::Source> starter_source();
// Has nothing by itself: its content comes from bundles.
std::unique_ptr<plugin::Source> imported_source();

}  // namespace govhost::app
