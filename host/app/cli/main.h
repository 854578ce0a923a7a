// The command line.
#pragma once

namespace govhost::app {

// Parses, runs one verb and returns the exit code (see exit_codes.h).
int run_command_line(int argc, char** argv);

}  // namespace govhost::app
