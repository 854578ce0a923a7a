// The bytes of a configuration file.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <string>

namespace govhost::config {

inline constexpr std::size_t kMaxFileSize = 1u << 20u;

// The message says what is wrong with the file, but not which file it is.
gov::Result<std::string> read_file(const std::string& path);

}  // namespace govhost::config
