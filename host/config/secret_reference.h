// How a configuration names a secret without containing it.
#pragma once

#include <string_view>

namespace govhost::config {

// "env:NAME", "file:/absolute/path" or "cred:NAME" (a systemd credential). Says nothing about
// whether the secret exists.
bool is_secret_reference(std::string_view text);

}  // namespace govhost::config
