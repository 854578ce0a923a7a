// The verbs: each adds itself to the command line and remembers the exit code of its run.
#pragma once

#include "app/cli/common.h"

#include "mcp/features.h"

namespace CLI {
class App;
}

namespace govhost::app {

// What is served; made only when something is.
using MakeFeatures = mcp::Features (*)();

void add_serve(CLI::App& app, Console& console, MakeFeatures features, int& exit_code);
void add_call(CLI::App& app, Console& console, MakeFeatures features, int& exit_code);
void add_audit(CLI::App& app, Console& console, int& exit_code);
void add_backup(CLI::App& app, Console& console, int& exit_code);
void add_check(CLI::App& app, Console& console, int& exit_code);
void add_client(CLI::App& app, Console& console, int& exit_code);
void add_config(CLI::App& app, Console& console, int& exit_code);
void add_content(CLI::App& app, Console& console, int& exit_code);
void add_diagnose(CLI::App& app, Console& console, int& exit_code);
void add_steer(CLI::App& app, Console& console, int& exit_code);
void add_support_bundle(CLI::App& app, Console& console, int& exit_code);
void add_top(CLI::App& app, Console& console, int& exit_code);
void add_policy(CLI::App& app, Console& console, int& exit_code);
void add_plugin(CLI::App& app, Console& console, int& exit_code);

}  // namespace govhost::app
