// [policy] and its rules. Internal to this folder.
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/tree.h"

#include <vector>

namespace govhost::config {

// Into `config`, whose sources have been read. Values of the wrong type, which have been reported,
// are read as if they were not there.
void read_policy(const Tree& tree, Config& config, std::vector<Fault>& faults);

}  // namespace govhost::config
