// The project of a new plugin: a template of plugin-sdk/templates with its names filled in.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "app/new_folder.h"
#include "core/embedded.h"

namespace govhost::app {

inline constexpr std::array<std::string_view, 5> kPluginKinds{"source", "search", "auth",
                                                              "transport", "secrets"};

std::vector<EmbeddedFile> template_files();  // of plugin-sdk/templates

struct PluginProject {
  std::vector<NewFolderFile> files;   // sorted by path
  std::vector<std::string> commands;  // from configuring to serving, in the folder: its README's
};

// `kind` is one of kPluginKinds, `name` a name by config::is_name. A file of the kind's own
// template stands before one of that path in `common`.
PluginProject plugin_project(std::string_view kind, std::string_view name);

}  // namespace govhost::app
