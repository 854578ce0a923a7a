// What a backup of a configuration consists of.
#pragma once

#include <gov/status.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/collect.h"
#include "config/load.h"
#include "core/ed25519.h"
#include "observe/log.h"

namespace govhost::app {

struct BackupPlan {
  backup::Manifest manifest;  // without the list of files
  backup::Collection files;
  std::optional<SigningKey> key;
  std::size_t secrets = 0;
  std::vector<std::string> warnings;  // what should be in it and is not
};

// `passphrase`: empty: secrets are left out. Loads the plugins for the schemas of their options:
// only those say which options name files and secrets.
gov::Result<BackupPlan> plan_backup(const config::Loaded& loaded, std::string_view passphrase,
                                    Log& log);

}  // namespace govhost::app
