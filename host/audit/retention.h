// Which files of a trail need not be kept any more.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/chain.h"

namespace govhost::audit {

struct Retention {
  std::chrono::milliseconds age{0};  // of the last record of a file; 0: files are kept for ever
  std::uint64_t bytes = 0;           // of all files together; 0: any number
};

struct Outdated {
  std::filesystem::path file;
  std::uint64_t first = 0;  // record
  Link last;                // record
  const char* reason = "";  // "age", "size"
};

// The oldest files that are too old or too much, in order, at most 64; never the one that is being
// written. A file whose end cannot be read is kept, and all after it.
gov::Result<std::vector<Outdated>> outdated_of(const std::filesystem::path& folder,
                                               const Retention& retention,
                                               std::chrono::system_clock::time_point now);

// The record of a removal: what of the chain is no longer there. As JSON.
std::string removal_text(const Outdated& removed);
// What the members of such a record say; nullopt: it is none.
std::optional<Link> removal_of(std::string_view members);

inline constexpr const char* kRemoved = "audit.removed";

}  // namespace govhost::audit
