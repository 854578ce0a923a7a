// The project of a new plugin: a template of plugin-sdk/templates with its names filled in.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/new_folder.h"

namespace govhost::app {

inline constexpr std::array<std::string_view, 5> kPluginKinds{"source", "search", "auth",
                                                              "transport", "secrets"};

// `kind` is one of kPluginKinds, `name` a name by config::is_name. Files are sorted by path. A file
// of the kind's own folder stands before one of that path in `common`.
std::vector<NewFolderFile> plugin_project(std::string_view kind, std::string_view name);

}  // namespace govhost::app
