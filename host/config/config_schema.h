// What may stand in a configuration file, as JSON Schema.
#pragma once

#include <string>

namespace govhost::config {

// For `config schema`, `config explain` and editors, and what load() checks with.
std::string config_schema();

}  // namespace govhost::config
