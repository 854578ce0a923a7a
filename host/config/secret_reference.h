// How a configuration names a secret without containing it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace govhost::config {

// "env:NAME", "file:/absolute/path", "cred:NAME" (a systemd credential) or "exec:/absolute/path
// ARGUMENT...", or "NAME:..." for one of the `stores`. Says nothing about whether the secret
// exists.
bool is_secret_reference(std::string_view text, std::span<const std::string> stores = {});

// Whether a store of that name would hide one of the schemes above.
bool is_secret_scheme(std::string_view name);

}  // namespace govhost::config
