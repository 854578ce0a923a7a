// Decides whether a plugin file may be loaded, and hands out the descriptor the decision is about.
#pragma once

#include <gov/status.hpp>

#include <string>

#include "core/unique_fd.h"

namespace govhost::plugin {

// Opens the file if only root or the host's own user could have put it there: every folder and link
// on the path and the file itself belong to one of them and nobody else may write (in the spirit of
// sshd's StrictModes; a sticky folder such as /tmp counts as safe, because others cannot replace
// entries).
// With `sha256` (hex, may be empty) the content must have that digest. All checks of the file are
// made on the returned descriptor, so what was checked is what gets loaded.
gov::Result<UniqueFd> open_trusted(const std::string& path, const std::string& sha256);

// SHA-256 of all bytes behind the descriptor, in hex.
gov::Result<std::string> sha256_of(int fd);

}  // namespace govhost::plugin
