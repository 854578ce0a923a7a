// Facts of the build.
#pragma once

#include <string_view>

namespace govhost::app {

extern const std::string_view kVersion;        // "0.1.0"
extern const std::string_view kBuiltinConfig;  // TOML
extern const std::string_view
    kPluginLibdir;  // below the installation's prefix: "lib/govhost/plugins"

}  // namespace govhost::app
