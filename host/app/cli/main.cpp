#include "app/cli/main.h"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/build_info.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/hardening.h"
#include "core/text.h"
#include "mcp/protocol.h"

namespace govhost::app {
namespace {

void add_version(CLI::App& app, Console& console) {
  CLI::App* const verb = app.add_subcommand("version", "Print the version");
  auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json,
                 "As JSON, with the versions of the protocol and of the plugin ABI");
  verb->callback([&console, as_json] {
    if (!*as_json) return console.line("govhost " + std::string(kVersion));
    nlohmann::json versions = mcp::kLegacyVersions;
    versions.push_back(mcp::kModernVersion);
    console.line(nlohmann::json{
        {"version", kVersion},
        {"mcp", versions},
        {"plugin_abi", std::to_string(GOV_ABI_MAJOR) + "." + std::to_string(GOV_ABI_MINOR)}}
                     .dump());
  });
}

// Without its own sentence a misspelt verb is reported as a missing one.
std::optional<std::string> unknown_verb(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::vector<const CLI::App*> verbs =
        at->get_subcommands([](const CLI::App*) { return true; });
    if (verbs.empty() || word.starts_with('-')) return std::nullopt;
    std::vector<std::string_view> names;
    for (const CLI::App* verb : verbs) names.emplace_back(verb->get_name());
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      const auto near = nearest(word, names);
      return "there is no command " + std::string(word) +
             (near ? "; did you mean " + std::string(*near) + "?" : "; see govhost --help");
    }
    at = verbs[static_cast<std::size_t>(found - names.begin())];
  }
  return std::nullopt;
}

}  // namespace

int run_command_line(int argc, char** argv, mcp::Features (*features)()) {
  note_inherited_descriptors();
  Console console;
  int exit_code = kOk;
  CLI::App app("govhost serves AI-governance knowledge to AI clients over MCP", "govhost");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 the tool failed, 2 bad configuration or failed start, 3 content, trail "
      "or "
      "backup is damaged, 4 server not "
      "reachable, 64 wrong usage.");
  add_serve(app, console, features, exit_code);
  add_call(app, console, features, exit_code);
  add_config(app, console, exit_code);
  add_audit(app, console, exit_code);
  add_backup(app, console, exit_code);
  add_check(app, console, exit_code);
  add_client(app, console, exit_code);
  add_content(app, console, exit_code);
  add_plugin(app, console, exit_code);
  add_policy(app, console, exit_code);
  add_diagnose(app, console, exit_code);
  add_steer(app, console, exit_code);
  add_top(app, console, exit_code);
  add_support_bundle(app, console, exit_code);
  add_version(app, console);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    console.out(app.help());  // of the verb at which the parser stopped
  } catch (const CLI::ParseError& e) {
    console.problem(
        unknown_verb(app, argc, argv).value_or(std::string(e.what()) + "; see govhost --help"));
    return kUsage;
  }
  return exit_code;
}

}  // namespace govhost::app
