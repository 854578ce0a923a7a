// The verbs of `govhost audit` that read what a trail says.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/cli/common.h"

namespace govhost::app {

// A time as `--since` and `--until` take it; a day means its beginning or its end. nullopt after
// saying what is wrong.
std::optional<std::chrono::system_clock::time_point> read_time(const std::string& text,
                                                               bool is_beginning,
                                                               const Console& console);

void add_audit_search(CLI::App& group, Console& console, int& exit_code);

}  // namespace govhost::app
