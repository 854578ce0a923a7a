// govhost config check|show
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <memory>

#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/runtime.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct Options {
  ConfigOptions config;
  bool as_json = false;
};

// The configuration carried out as far as it goes without starting anything.
struct Outcome {
  std::vector<std::string> problems;
  std::vector<config::Setting> settings;
};

Outcome examine(const Options& options) {
  Outcome outcome;
  const config::Loaded loaded = options.config.load();
  outcome.settings = loaded.settings;
  for (const config::Fault& fault : loaded.faults) outcome.problems.push_back(fault.text());
  if (!loaded.config) return outcome;
  LogStream stream(Level::kError);
  const gov_stdio_v1 no_stdio{sizeof no_stdio, -1, -1, 0};
  const auto runtime = Runtime::build(std::move(loaded), stream.log, no_stdio, Extent::kCheck,
                                      mcp::offer(mcp::product_features), outcome.problems);
  if (runtime) outcome.settings = runtime->setup()->settings();
  return outcome;
}

int check(const Options& options, const Console& console) {
  const Outcome outcome = examine(options);
  if (options.as_json) {
    console.line(json{{"ok", outcome.problems.empty()}, {"problems", outcome.problems}}.dump());
    return outcome.problems.empty() ? kOk : kBadConfig;
  }
  if (!outcome.problems.empty()) return console.problems(outcome.problems);
  console.line("the configuration is good");
  return kOk;
}

int show(const Options& options, const Console& console) {
  const Outcome outcome = examine(options);
  console.out(options.as_json ? config::to_json(outcome.settings) + "\n"
                              : config::to_text(outcome.settings));
  return outcome.problems.empty() ? kOk : console.problems(outcome.problems);
}

void add(CLI::App& parent, const char* name, const char* help,
         int (*verb_function)(const Options&, const Console&), Console& console, int& exit_code) {
  CLI::App* const verb = parent.add_subcommand(name, help);
  auto options = std::make_shared<Options>();
  options->config.add_to(*verb);
  verb->add_flag("--stdio", options->config.stdio, "As serve --stdio");
  verb->add_option("--http", options->config.http, "As serve --http")->type_name("ADDR:PORT");
  verb->add_option("--ops", options->config.ops, "As serve --ops")->type_name("ADDR:PORT");
  verb->add_flag("--json", options->as_json, "As JSON");
  verb->callback([options, verb_function, &console, &exit_code] {
    exit_code = verb_function(*options, console);
  });
}

}  // namespace

void add_config(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const config = app.add_subcommand("config", "Check or show the configuration");
  config->require_subcommand(1);
  add(*config, "check",
      "Check the file, load the plugins it names and check their options; starts nothing", check,
      console, exit_code);
  add(*config, "show", "Print the effective configuration with the origin of every value", show,
      console, exit_code);
}

}  // namespace govhost::app
