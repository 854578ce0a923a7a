// Secrets that a program prints.
#pragma once

#include <gov/status.hpp>

#include <string_view>

#include "plugin/secret.h"

namespace govhost::plugin {

// Runs "/absolute/path ARGUMENT...", separated by blanks, without a shell, in an environment of
// PATH alone; one trailing line break of what it prints is cut. It must be a file that only root or
// the host's user can change. Killed after 10 s.
gov::Result<Secret> secret_of_program(std::string_view command);

}  // namespace govhost::plugin
