// The files of a trail: audit-000000000001.jsonl and so on, named by their first record.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/chain.h"

namespace govhost::audit {

inline constexpr const char* kCheckpoints = "checkpoints.jsonl";
inline constexpr std::size_t kMaxLine = std::size_t{64} << 10u;  // bytes

std::string segment_name(std::uint64_t first);

// In order. A folder that does not exist has none.
gov::Result<std::vector<std::filesystem::path>> segments_of(const std::filesystem::path& folder);

// The number in its name; nullopt: it has no such name.
std::optional<std::uint64_t> first_of(const std::filesystem::path& segment);

// Without its line break; an error: there is none, or it cannot be read.
gov::Result<std::string> last_line_of(const std::filesystem::path& segment);

struct Ending {
  Link last;
  std::string torn;            // what stands behind the last whole line of the last file
  std::filesystem::path file;  // the last; empty: there is none
};
// Where a trail goes on. An error: its last line is not one that can be followed.
gov::Result<Ending> ending_of(const std::filesystem::path& folder);

}  // namespace govhost::audit
