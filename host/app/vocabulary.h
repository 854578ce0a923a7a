// The vocabulary that search uses: the host's and the operator's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/model.h"
#include "search/thesaurus.h"

namespace govhost::app {

// Null after adding to `problems`.
std::shared_ptr<const search::Thesaurus> vocabulary_of(const config::Config& config,
                                                       std::vector<std::string>& problems);

}  // namespace govhost::app
