// The bytes of a small file.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <string>

namespace govhost {

// The message says what is wrong with the file, but not which file it is. `max`: bytes.
gov::Result<std::string> read_file(const std::string& path,
                                   std::size_t max = std::size_t{1} << 20u);

}  // namespace govhost
