// [[limit]]: how often callers may ask. Internal to this folder.
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/tree.h"

#include <vector>

namespace govhost::config {

// Reads values of the wrong type, which have been reported, as if they were not there.
void read_limits(const Tree& tree, std::vector<Limit>& out, std::vector<Fault>& faults);

}  // namespace govhost::config
