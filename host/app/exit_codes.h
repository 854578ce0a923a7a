// What the process says when it ends; part of the command line's contract.
#pragma once

namespace govhost::app {

enum ExitCode : int {
  kOk = 0,
  kToolError = 1,    // a warning, or a tool that answered with an error
  kBadConfig = 2,    // a failed check, a bad configuration, a start that failed
  kBroken = 3,       // integrity broken
  kUnreachable = 4,  // the server cannot be reached
  kUsage = 64,       // EX_USAGE of sysexits(3)
};

}  // namespace govhost::app
