// When a backup was last made and a restore last tried: small files in the state directory, for
// metrics and checks.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace govhost::backup {

enum class Deed { kCreate, kDrill };

struct Done {
  std::chrono::system_clock::time_point at{};  // whole seconds
  std::string file;                            // the backup
};

// `state`: config::Config::state_directory. Makes the folder; on the disk when it returns.
gov::Status note_done(const std::string& state, Deed deed, const Done& done);
// nullopt: it was never done, or the file is no longer one of ours.
std::optional<Done> last_done(const std::string& state, Deed deed);

}  // namespace govhost::backup
