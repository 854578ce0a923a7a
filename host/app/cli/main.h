// The command line.
#pragma once

#include "mcp/features.h"

namespace govhost::app {

// Parses, runs one verb and returns the exit code (see exit_codes.h). `features`: what is served;
// mcp::product_features, unless it is a test's.
int run_command_line(int argc, char** argv, mcp::Features (*features)());

}  // namespace govhost::app
