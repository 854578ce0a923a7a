// The vocabulary that search uses: the host's and the operator's.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"
#include "search/service.h"

namespace govhost::app {

// Not valid after adding to `problems`. Without a file of the operator's, in which there may be
// mistakes, it is made when the first index needs it: 12 of the 30 ms of a start.
search::Vocabulary vocabulary_of(const config::Config& config, std::vector<std::string>& problems);

}  // namespace govhost::app
