// The verbs of `govhost audit` about what is kept of a trail: hold, release, export.
#pragma once

#include "app/cli/common.h"

namespace govhost::app {

void add_audit_keep(CLI::App& group, Console& console, int& exit_code);

}  // namespace govhost::app
