// govhost plugin list|info; `new` is in plugin_new.cpp
#include <CLI/CLI.hpp>

#include <fcntl.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/cli/plugin_new.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "core/unique_fd.h"
#include "plugin/elf.h"
#include "plugin/library.h"
#include "plugin/trust.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct PluginOptions {
  std::optional<std::string> directory;
  std::string plugin;
  bool as_json = false;
  std::string folder() const { return directory ? *directory : plugin_directory(); }
};

// Reads the files without loading any: nothing of a plugin runs because somebody looked.
int list(const PluginOptions& options, const Console& console) {
  std::error_code error;
  json found = json::array();
  for (const auto& entry : std::filesystem::directory_iterator(options.folder(), error)) {
    if (entry.path().extension() != ".so") continue;
    // O_NONBLOCK: opening a pipe would wait for its other end.
    const UniqueFd fd(::open(entry.path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const auto peek = plugin::peek_entry(fd.get());
    json item{{"name", entry.path().stem().string()}, {"path", entry.path().string()}};
    if (peek)
      item["abi"] = std::to_string(peek->abi_major) + "." + std::to_string(peek->abi_minor);
    else
      item["problem"] = peek.status().message();
    found.push_back(std::move(item));
  }
  if (error) {
    console.problem(options.folder() + ": " + error.message() +
                    "; name the directory with --plugins");
    return kBadConfig;
  }
  std::sort(found.begin(), found.end(),
            [](const json& a, const json& b) { return a["name"] < b["name"]; });
  if (options.as_json) {
    console.line(found.dump());
    return kOk;
  }
  for (const json& item : found)
    console.line(item["name"].get<std::string>() + "  " +
                 (item.contains("abi") ? "ABI " + item["abi"].get<std::string>()
                                       : item["problem"].get<std::string>()));
  return kOk;
}

json describe(const gov_component& component) {
  json schema =
      json::parse(component.config_schema ? component.config_schema : "{}", nullptr, false);
  return {{"kind", component.kind},
          {"name", component.name},
          {"version", component.version},
          {"summary", component.summary ? component.summary : ""},
          {"serial", (component.flags & GOV_SERIAL) != 0},
          {"never_blocks", (component.flags & GOV_NEVER_BLOCKS) != 0},
          {"options",
           schema.is_discarded() ? json(nullptr) : schema.value("properties", json::object())}};
}

std::string as_text(const json& component) {
  std::string text = component["kind"].get<std::string>() + "  " +
                     component["name"].get<std::string>() + " " +
                     component["version"].get<std::string>() + "\n  " +
                     component["summary"].get<std::string>() + "\n";
  for (const auto& [name, schema] : component["options"].items()) {
    text += "  " + name;
    if (schema.contains("type"))
      text += "  " + (schema["type"].is_string() ? schema["type"].get<std::string>()
                                                 : schema["type"].dump());
    if (schema.contains("default")) text += "  default " + schema["default"].dump();
    if (schema.contains("description"))
      text += "\n      " + schema["description"].get<std::string>();
    text += "\n";
  }
  return text;
}

// Loads the named plugin: the operator asked for it.
int info(const PluginOptions& options, const Console& console) {
  config::PluginRef ref;
  const bool is_path = options.plugin.find('/') != std::string::npos;
  ref.path = is_path ? std::filesystem::absolute(options.plugin).string()
                     : options.folder() + "/" + options.plugin + ".so";
  plugin::Libraries libraries;
  const auto components = libraries.components(ref);
  if (!components) {
    console.problem(components.status().message());
    return kBadConfig;
  }
  json out{{"path", ref.path}, {"components", json::array()}};
  const UniqueFd fd(::open(ref.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (const auto digest = plugin::sha256_of(fd.get())) out["sha256"] = *digest;
  for (const gov_component* component : *components)
    out["components"].push_back(describe(*component));
  if (options.as_json) {
    console.line(out.dump());
    return kOk;
  }
  console.line(ref.path + "\nsha256 " + out.value("sha256", ""));
  for (const json& component : out["components"]) console.out(as_text(component));
  return kOk;
}

}  // namespace

void add_plugin(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const plugin =
      app.add_subcommand("plugin", "List the packaged plugins, describe one, or begin one");
  plugin->require_subcommand(1);
  auto options = std::make_shared<PluginOptions>();
  const auto add = [&](const char* name, const char* help,
                       int (*verb_function)(const PluginOptions&, const Console&)) {
    CLI::App* const verb = plugin->add_subcommand(name, help);
    verb->add_option("--plugins", options->directory, "Directory of the packaged plugins")
        ->type_name("DIR");
    verb->add_flag("--json", options->as_json, "As JSON");
    verb->callback([options, verb_function, &console, &exit_code] {
      exit_code = verb_function(*options, console);
    });
    return verb;
  };
  add("list", "List the packaged plugins without loading them", list);
  add("info", "Load one plugin and describe its components and options", info)
      ->add_option("plugin", options->plugin, "Name such as source-directory, or a path")
      ->required();
  add_plugin_new(*plugin, console, exit_code);
}

}  // namespace govhost::app
