// Defaults that depend on the rest of the configuration. Internal to this folder.
#pragma once

#include "config/tree.h"

#include <string>

namespace govhost::config {

// Names of instances, isolation, the plugin directory, and no ops listener for stdio alone. Skips
// what is too wrong to be completed: the check that follows reports it.
void complete(const std::string& config_directory, const std::string& plugin_directory, Tree& tree);

// The plugin directory as written, absolute.
std::string plugin_directory_of(const Tree& tree, const std::string& config_directory);

}  // namespace govhost::config
