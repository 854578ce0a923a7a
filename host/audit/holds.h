// Legal holds: while there is one, nothing of the trail is removed.
#pragma once

#include <gov/status.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::audit {

struct Hold {
  std::string name, reason;
  std::string since;  // RFC 3339
};

// Of a folder, by name. An error: one cannot be read; then too nothing may be removed.
gov::Result<std::vector<Hold>> holds_of(const std::filesystem::path& folder);

// [a-z0-9][a-z0-9._-]{0,63}
bool is_hold_name(std::string_view name);

// On the disk when it returns. ALREADY there: an error, INVALID_ARGUMENT.
gov::Status place_hold(const std::filesystem::path& folder, const Hold& hold);
gov::Status release_hold(const std::filesystem::path& folder, const std::string& name);

}  // namespace govhost::audit
