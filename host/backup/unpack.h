// A backup checked from end to end, and laid out in a folder.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/archive.h"
#include "core/ed25519.h"

namespace govhost::backup {

// A secret as it was in its file.
struct SecretFile {
  std::string path;  // in the archive's folder `secrets`
  std::string text;
};

// One text for seal(), and back.
std::string pack_secrets(const std::vector<SecretFile>& secrets);
gov::Result<std::vector<SecretFile>> unpack_secrets(std::string_view text);

struct Unpacking {
  std::optional<VerifyKey> trusted;  // whose signature is asked for
  std::string_view passphrase;       // empty: secrets stay sealed
  bool write_secrets = false;        // else they are only opened, to see that they can be
  Progress progress;
};

struct Unpacked {
  Manifest manifest;
  std::string key_id;                  // empty: not signed
  std::optional<std::size_t> secrets;  // how many were opened; nullopt: none was
  std::size_t bundles = 0;
  std::uint64_t bytes = 0;
};

// Into `folder`, which exists and is empty: all files but the sealed secrets, and manifest.json.
// Checks sizes, digests and the signature while reading, then the bundles and the trail.
// INVALID_ARGUMENT names the first thing that is wrong with the backup; UNAUTHENTICATED: the
// passphrase is another one; UNAVAILABLE: it is no fault of the backup. What was written stays: the
// caller removes the folder.
gov::Result<Unpacked> unpack(const std::string& file, const std::string& folder,
                             const Unpacking& how);

}  // namespace govhost::backup
