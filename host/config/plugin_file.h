// From what stands after `plugin =` to the file of the plugin. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

#include <string_view>
#include "config/model.h"

namespace govhost::config {

// The source that the host serves from its own binary.
struct PluginFile {
  std::string path;      // absolute; empty for a source of the host
  bool outside = false;  // of the plugin directory
  std::string name;      // of an instance that has none written; may be no good name
  std::string fault;     // why `written` is no plugin, or empty
};

// Does not look at the disk. Both directories are absolute.
PluginFile find_plugin(std::string_view kind, std::string_view written,
                       const std::string& config_directory, const std::string& plugin_directory);

}  // namespace govhost::config
