// Verbs with which operators steer a running server over its control socket.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <utility>

#include "app/cli/content.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "ops/control.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct SteerOptions {
  ConfigOptions config;
  std::string socket;
  bool as_json = false, dry_run = false;
};

// Asks the server; nullopt after saying why not, with the exit code.
std::optional<json> ask_server(const SteerOptions& options, const Console& console,
                               const json& request, int& exit_code) {
  std::string socket = options.socket;
  if (socket.empty()) {
    const config::Loaded loaded = options.config.load();
    std::vector<std::string> problems;
    for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
    if (loaded.config) socket = loaded.config->ops.control;
    if (loaded.config && socket.empty())
      problems.emplace_back(
          "the configuration names no control socket; set ops.control or content.bundle_dir");
    if (!problems.empty()) {
      exit_code = console.problems(problems);
      return std::nullopt;
    }
  }
  auto answer = ops::ask(socket, request);
  if (answer) return std::move(*answer);
  exit_code = failed(console, answer.status());
  return std::nullopt;
}

void add_steer_options(CLI::App& verb, SteerOptions& options) {
  options.config.add_to(verb);
  verb.add_option("--socket", options.socket,
                  "The control socket of the server, instead of the one of the configuration")
      ->type_name("PATH");
  verb.add_flag("--json", options.as_json, "As JSON");
}

std::string shown(const json& value) { return value.is_null() ? "(none)" : value.dump(); }

int reload(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto answer =
      ask_server(options, console, {{"verb", "reload"}, {"dry_run", options.dry_run}}, exit_code);
  if (!answer) return exit_code;
  const bool ok = answer->at("ok").get<bool>();
  if (options.as_json) {
    console.line(answer->dump());
    return ok ? kOk : kBadConfig;
  }
  for (const json& change : answer->at("changes")) {
    const std::string origin = change.at("origin").get<std::string>();
    console.line(change.at("key").get<std::string>() + ": " + shown(change.at("from")) + " -> " +
                 shown(change.at("to")) + (origin.empty() ? "" : "  # " + origin));
  }
  for (const json& problem : answer->at("problems")) console.problem(problem.get<std::string>());
  if (!ok) console.problem("nothing was changed: the configuration in force stays");
  if (ok && options.dry_run) console.line("this can be put in force: govhost reload");
  if (ok && !options.dry_run)
    console.line(answer->at("changes").empty() ? "nothing has changed" : "in force");
  return ok ? kOk : kBadConfig;
}

}  // namespace

void add_steer(CLI::App& app, Console& console, int& exit_code) {
  auto options = std::make_shared<SteerOptions>();
  CLI::App* const verb = app.add_subcommand(
      "reload",
      "Have a running server read its configuration again and put it in force; no call fails. Exit "
      "code 2: it is faulty, and nothing was changed");
  add_steer_options(*verb, *options);
  verb->add_flag("--dry-run", options->dry_run, "Only show what would change");
  verb->callback([options, &console, &exit_code] { exit_code = reload(*options, console); });
}

}  // namespace govhost::app
