#include "app/cli/main.h"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include "app/build_info.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/serving.h"
#include "mcp/protocol.h"

namespace govhost::app {
namespace {

void add_version(CLI::App& app, Console& console) {
  CLI::App* const verb = app.add_subcommand("version", "Print the version");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json,
                 "As JSON, with the versions of the protocol and of the plugin ABI");
  verb->callback([&console, json] {
    if (!*json) return console.line("govhost " + std::string(kVersion));
    nlohmann::json versions = mcp::kLegacyVersions;
    versions.push_back(mcp::kModernVersion);
    console.line(nlohmann::json{
        {"version", kVersion},
        {"mcp", versions},
        {"plugin_abi", std::to_string(GOV_ABI_MAJOR) + "." + std::to_string(GOV_ABI_MINOR)}}
                     .dump());
  });
}

}  // namespace

int run_command_line(int argc, char** argv, mcp::Features (*features)()) {
  block_signals();
  Console console;
  int exit_code = kOk;
  CLI::App app("govhost serves AI-governance knowledge to AI clients over MCP", "govhost");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 the tool failed, 2 bad configuration or failed start, 4 server not "
      "reachable, 64 wrong usage.");
  add_serve(app, console, features, exit_code);
  add_call(app, console, features, exit_code);
  add_config(app, console, exit_code);
  add_plugin(app, console, exit_code);
  add_version(app, console);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // The parser stops at the verb whose help is wanted.
    const CLI::App* asked = &app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    console.out(asked->help());
  } catch (const CLI::ParseError& e) {
    console.problem(std::string(e.what()) + "; see govhost --help");
    return kUsage;
  }
  return exit_code;
}

}  // namespace govhost::app
