// [audit] and its sinks. Internal to this folder.
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/tree.h"

#include <vector>

namespace govhost::config {

// Reads values of the wrong type, which have been reported, as if they were not there. `state`: the
// folder for what the host keeps, empty when there is none.
void read_audit(const Tree& tree, const std::string& state, Audit& out, std::vector<Fault>& faults);

// Where a program of this machine keeps what it has made: $STATE_DIRECTORY of systemd.exec(5), else
// govhost below $XDG_STATE_HOME or ~/.local/state (XDG Base Directory Specification). Empty: the
// environment names none.
std::string state_folder();

}  // namespace govhost::config
