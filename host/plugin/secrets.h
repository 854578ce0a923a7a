// Secrets by reference, resolved at the time of use so that rotation needs no restart.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>

namespace govhost::plugin {

// "env:NAME", "file:/absolute/path" (one trailing line break is cut) or "cred:NAME" (a systemd
// credential: a file of that name in $CREDENTIALS_DIRECTORY, systemd.exec(5)). At most 64 KiB.
// Errors name the reference, never the value.
gov::Result<std::string> resolve_secret(std::string_view reference);

}  // namespace govhost::plugin
