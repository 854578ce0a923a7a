// The sources that are part of the host.
#pragma once

#include <memory>

#include "plugin/adapters.h"

namespace govhost::app {

std::unique_ptr<plugin::Source> starter_source();
// Has nothing by itself: its content comes from bundles.
std::unique_ptr<plugin::Source> imported_source();

}  // namespace govhost::app
