// A part of a trail for somebody who is to check it.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace govhost::audit {

struct Period {
  std::optional<std::chrono::system_clock::time_point> since, until;
};

struct Exported {
  std::uint64_t first = 0, last = 0;  // records
  std::size_t files = 0, checkpoints = 0;
};

// Copies the files that hold records of the period, as they are, and the checkpoints over them,
// into `to`, which is made and must not exist. verify() with `part` checks it. What was copied
// before a failure is removed.
gov::Result<Exported> export_trail(const std::filesystem::path& folder, const Period& period,
                                   const std::filesystem::path& to);

}  // namespace govhost::audit
