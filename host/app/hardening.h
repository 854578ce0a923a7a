// What the process gives up before it serves.
#pragma once

#include <gov/status.hpp>

#include "config/model.h"

namespace govhost::app {

// At the start of main(), before anything is opened: what a careless parent has left open.
void note_inherited_descriptors();

// Before the first plugin is loaded: the user of the configuration, no new privileges by any
// program that it might start (prctl(2), PR_SET_NO_NEW_PRIVS), no memory in core dumps, files for
// the user and his group alone, and none of the inherited descriptors. The error names the key.
gov::Status harden_process(const config::Host& host);

}  // namespace govhost::app
