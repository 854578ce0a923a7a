#include "config/complete.h"

#include "config/names.h"
#include "config/plugin_file.h"

#include <algorithm>
#include <filesystem>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

void set_default(Tree& tree, Json& table, const std::string& pointer, const char* key, Json value) {
  if (table.contains(key)) return;
  table[key] = std::move(value);
  tree.rewrite_origin(child_pointer(pointer, key), {"default", 0});
}

void complete_instance(std::string_view kind, const std::string& pointer,
                       const std::string& config_directory, const std::string& plugin_directory,
                       Json& instance, Tree& tree) {
  const std::string written = text_of(instance, "plugin");
  if (written.empty()) return;
  const PluginFile file = find_plugin(kind, written, config_directory, plugin_directory);
  if (!file.fault.empty()) return;
  if (is_name(file.name)) set_default(tree, instance, pointer, "name", file.name);
  if (!file.path.empty() && !file.outside)
    set_default(tree, instance, pointer, "isolation", "in-process");
}

bool only_stdio(const Json& root) {
  const Json* transports = member(root, "transport");
  return transports != nullptr && transports->is_array() && !transports->empty() &&
         std::all_of(transports->begin(), transports->end(),
                     [](const Json& each) { return text_of(each, "plugin") == "stdio"; });
}

}  // namespace

std::string plugin_directory_of(const Tree& tree, const std::string& config_directory) {
  const Json* plugins = member(tree.root, "plugins");
  const std::string written = plugins == nullptr ? "" : text_of(*plugins, "directory");
  return (std::filesystem::path(config_directory) / written).lexically_normal().string();
}

void complete(const std::string& config_directory, const std::string& plugin_directory,
              Tree& tree) {
  Json& plugins = tree.root["plugins"];
  if (plugins.is_null()) plugins = Json::object();
  if (plugins.is_object()) set_default(tree, plugins, "/plugins", "directory", plugin_directory);

  // Several stdio processes on a laptop must not fight for the port.
  if (!tree.root.contains("ops") && only_stdio(tree.root)) {
    tree.root["ops"] = {{"enabled", false}};
    tree.rewrite_origin("/ops", {"default", 0});
  }
  // Nor for the trail, and the client that started each knows what it asked.
  if (!tree.root.contains("audit") && only_stdio(tree.root)) {
    tree.root["audit"] = {{"enabled", false}};
    tree.rewrite_origin("/audit", {"default", 0});
  }

  const std::string directory = plugin_directory_of(tree, config_directory);
  for (const std::string_view kind : kInstanceLists) {
    const auto list = tree.root.find(kind);
    if (list == tree.root.end() || !list->is_array()) continue;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string pointer = child_pointer(child_pointer("", kind), i);
      if ((*list)[i].is_object())
        complete_instance(kind, pointer, config_directory, directory, (*list)[i], tree);
    }
  }
  const auto search = tree.root.find("search");
  if (search != tree.root.end() && search->is_object())
    complete_instance("search", "/search", config_directory, directory, *search, tree);
}

}  // namespace govhost::config
