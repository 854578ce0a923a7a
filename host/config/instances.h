// From the checked tree to the Config, with the rules that a schema cannot say. Internal to this
// folder.
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/tree.h"

#include <vector>

namespace govhost::config {

// Fills transports, sources, search and auth of `config`, whose directories are set. Reads values
// of the wrong type, which have been reported, as if they were not there.
void read_instances(const Tree& tree, Config& config, std::vector<Fault>& faults);

}  // namespace govhost::config
