// Asking a running server over its control socket, for the verbs that do.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "app/cli/common.h"

namespace govhost::app {

struct ControlOptions {
  ConfigOptions config;
  std::string socket;  // empty: what the configuration names
  bool as_json = false;
};

void add_control_options(CLI::App& verb, ControlOptions& options);

// Nullopt after saying why not, with the exit code.
std::optional<nlohmann::json> ask_server(const ControlOptions& options, const Console& console,
                                         const nlohmann::json& request, int& exit_code);

}  // namespace govhost::app
