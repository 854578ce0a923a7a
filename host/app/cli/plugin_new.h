#pragma once

#include "app/cli/common.h"

namespace govhost::app {

// Adds `new` to the verb `plugin`.
void add_plugin_new(CLI::App& plugin, Console& console, int& exit_code);

}  // namespace govhost::app
