#include "app/cli/control_client.h"

#include <CLI/CLI.hpp>

#include <utility>
#include <vector>

#include "app/cli/content.h"
#include "ops/control.h"

namespace govhost::app {

void add_control_options(CLI::App& verb, ControlOptions& options) {
  options.config.add_to(verb);
  verb.add_option("--socket", options.socket,
                  "The control socket of the server, instead of the one of the configuration")
      ->type_name("PATH");
  verb.add_flag("--json", options.as_json, "As JSON");
}

std::optional<nlohmann::json> ask_server(const ControlOptions& options, const Console& console,
                                         const nlohmann::json& request, int& exit_code) {
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

}  // namespace govhost::app
