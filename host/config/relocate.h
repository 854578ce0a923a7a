// A configuration for another place: the same text with other values at some places.
#pragma once

#include <gov/status.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "config/model.h"

namespace govhost::config {

// Writes the values at the JSON pointers, making tables on the way that are not there. What a list
// lacks is an error. Comments are lost.
gov::Result<std::string> relocate(std::string_view toml,
                                  std::span<const std::pair<std::string, std::string>> values);

// What is left of a configuration to serve the content of its bundles and nothing else: limits of
// the host, the names and the rules of the sources, whose plugins are replaced by the host's own
// "imported", and standard input as the only way in. As TOML; no secret, nothing that reaches out.
std::string bundles_only(const Config& config, const std::string& bundle_dir);

}  // namespace govhost::config
