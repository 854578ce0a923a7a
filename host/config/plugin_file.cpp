#include "config/plugin_file.h"

#include "config/names.h"

#include <filesystem>

namespace govhost::config {
namespace {

bool is_inside(const std::filesystem::path& file, const std::filesystem::path& directory) {
  const std::string prefix = (directory / "").lexically_normal().string();
  return file.string().starts_with(prefix);
}

// "/opt/x/source-sharepoint.so" under [[source]] is called "sharepoint".
std::string name_in(const std::filesystem::path& file, std::string_view kind) {
  std::string stem = file.stem().string();
  const std::string prefix = std::string(kind) + "-";
  if (stem.starts_with(prefix)) stem.erase(0, prefix.size());
  return stem;
}

}  // namespace

PluginFile find_plugin(std::string_view kind, std::string_view written,
                       const std::string& config_directory, const std::string& plugin_directory) {
  PluginFile out;
  if (written.find('/') != std::string_view::npos) {
    const std::filesystem::path file =
        (std::filesystem::path(config_directory) / written).lexically_normal();
    out.path = file.string();
    out.outside = !is_inside(file, plugin_directory);
    out.name = name_in(file, kind);
    if (!file.has_filename()) out.fault = in_quotes(written) + " is a directory, not a plugin file";
    return out;
  }
  out.name = written;
  if (!is_name(written)) {
    out.fault = in_quotes(written) +
                " is neither a plugin's name (such as \"directory\") nor a path " +
                "(one contains a '/')";
  } else if (kind != "source" || (written != kStarter && written != kImported)) {
    const std::string file = std::string(kind) + "-" + std::string(written) + ".so";
    out.path = (std::filesystem::path(plugin_directory) / file).lexically_normal().string();
  }
  return out;
}

}  // namespace govhost::config
