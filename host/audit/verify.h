// Checks a trail from its files, with a public key or without. Needs no running host.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/ed25519.h"

namespace govhost::audit {

struct Verdict {
  bool good = false;
  std::string problem;  // of the first thing that is wrong: "BROKEN at record 5: ..."
  std::uint64_t records = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t signed_until = 0;  // the last record that a checkpoint vouches for
  std::uint64_t from = 1;          // the first record that is there
  std::string head;                // hash of the last good record
};

// `checkpoints`: a copy that was kept elsewhere; by default the folder's own. Without a key their
// signatures are not checked. `part`: the folder holds a part of a trail, which need not begin with
// its first record; else a beginning may be missing only when a record vouches for its removal. An
// error: the files cannot be read, or there is no trail.
gov::Result<Verdict> verify(const std::filesystem::path& folder,
                            const std::optional<VerifyKey>& key,
                            const std::filesystem::path& checkpoints = {}, bool part = false);

}  // namespace govhost::audit
