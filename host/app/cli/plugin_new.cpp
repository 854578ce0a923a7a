// govhost plugin new
#include "app/cli/plugin_new.h"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/exit_codes.h"
#include "app/plugin_project.h"
#include "config/names.h"
#include "core/text.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct NewOptions {
  std::string kind, name;
  std::optional<std::string> directory;
  bool as_json = false;
};

// One word of a shell's command line.
std::string quoted(const std::string& word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-_./+,:@%").find(char(c)) != std::string_view::npos;
  });
  return plain && !word.empty() ? word : "'" + replace_all(word, "'", "'\\''") + "'";
}

int make(const NewOptions& options, const Console& console) {
  if (std::find(kPluginKinds.begin(), kPluginKinds.end(), options.kind) == kPluginKinds.end()) {
    const auto near = nearest(options.kind, kPluginKinds);
    const std::vector<std::string> all(kPluginKinds.begin(), kPluginKinds.end());
    console.problem("there is no kind " + config::in_quotes(options.kind) +
                    (near ? "; did you mean " + std::string(*near) + "?" : std::string()) +
                    " (kinds: " + join(all, ", ") + ")");
    return kUsage;
  }
  if (!config::is_name(options.name)) {
    console.problem("the name " + config::in_quotes(options.name) + " " +
                    std::string(config::kNameRule) + ", for example acme-wiki");
    return kUsage;
  }

  const std::string written = options.directory.value_or(options.name);
  if (written.empty()) {
    console.problem("--dir must name a folder");
    return kUsage;
  }
  std::filesystem::path folder = std::filesystem::absolute(written).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "x/" is x
  const PluginProject project = plugin_project(options.kind, options.name);
  const std::vector<NewFolderFile>& files = project.files;
  if (const gov::Status s = write_new_folder(folder, files); !s.ok()) {
    console.problem(s.message());
    return kBadConfig;
  }

  std::vector<std::string> steps{"cd " + quoted(written)};
  steps.insert(steps.end(), project.commands.begin(), project.commands.end());
  json paths = json::array();
  for (const NewFolderFile& file : files) paths.push_back(file.path);
  if (options.as_json) {
    console.line(json{
        {"kind", options.kind},
        {"name", options.name},
        {"directory", folder.string()},
        {"files", paths},
        {"next",
         steps}}.dump(-1, ' ', false, json::error_handler_t::replace));
    return kOk;
  }
  console.line("Written to " + folder.string() + ":");
  for (const NewFolderFile& file : files) console.line("  " + file.path);
  console.line("\nNext:");
  for (const std::string& step : steps) console.line("  " + step);
  console.line(
      "\nWith the SDK elsewhere than in /usr or /usr/local, add -DCMAKE_PREFIX_PATH=PREFIX to the "
      "first cmake.");
  return kOk;
}

}  // namespace

void add_plugin_new(CLI::App& plugin, Console& console, int& exit_code) {
  CLI::App* const verb = plugin.add_subcommand(
      "new", "Write the project of a plugin that builds, is tested and works");
  auto options = std::make_shared<NewOptions>();
  verb->add_option("kind", options->kind, "source, search, auth, transport or secrets")->required();
  verb->add_option("name", options->name, "Name of the plugin, for example acme-wiki")->required();
  verb->add_option("--dir", options->directory, "The folder to write; without it ./NAME")
      ->type_name("DIR");
  verb->add_flag("--json", options->as_json, "As JSON");
  verb->callback([options, &console, &exit_code] { exit_code = make(*options, console); });
}

}  // namespace govhost::app
