// The verbs of `govhost audit` that read what a trail says.
#pragma once

#include "app/cli/common.h"

namespace govhost::app {

void add_audit_search(CLI::App& group, Console& console, int& exit_code);

}  // namespace govhost::app
