// What a backup holds, as the first file in it says: everything else in the archive is what this
// lists, in this order, and nothing besides.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/seal.h"

namespace govhost::backup {

inline constexpr int kFormat = 1;  // a reader refuses a higher one

enum class Role {
  kConfig,   // the configuration file
  kNamed,    // a file that it names and that is no secret
  kSecrets,  // all secrets in one, encrypted
  kBundle,   // content
  kAudit,    // the trail
};
std::string_view name_of(Role role);  // "config", "named", "secrets", "bundle", "audit"

struct File {
  std::string path;  // in the archive: "files/thesaurus.toml"
  Role role = Role::kNamed;
  std::uint64_t size = 0;  // bytes
  std::string sha256;      // lower-case hex
};

// A value of the configuration that names something by its place.
struct Place {
  std::string key;         // JSON pointer: "/search/thesaurus"
  std::string was;         // absolute path on the host that was backed up
  std::string path;        // in the archive; empty: it is not there, and stays where it was
  bool reference = false;  // written "file:/path", as references to secrets are
};

struct LeftOut {
  std::string what, why;
};

struct PluginFile {
  std::string name;  // of the file
  std::string sha256;
};

struct Trail {
  std::uint64_t records = 0;  // number of the last one
  std::string head;           // its hash
};

struct Manifest {
  std::chrono::system_clock::time_point created_at{};  // whole seconds
  std::string written_by;                              // "govhost 0.1.0"
  std::string signing_key;         // public half in PEM; empty: the manifest is not signed
  std::string snapshot;            // digest of what was served; empty: there are no bundles
  std::string bundle;              // the file that holds it
  std::optional<Trail> audit;      // nullopt: there is no trail
  std::optional<Sealing> sealing;  // of secrets.sealed
  std::vector<PluginFile> plugins;
  std::vector<Place> places;
  std::vector<LeftOut> left_out;
  std::vector<File> files;
};

inline constexpr std::string_view kManifestName = "manifest.json", kSignatureName = "manifest.sig",
                                  kConfigName = "config/govhost.toml",
                                  kSecretsName = "secrets.sealed", kBundles = "bundles",
                                  kAudit = "audit", kFiles = "files", kSecrets = "secrets";

// Whether it leads to a file below the folder that it is relative to, in letters that every file
// system takes: parts of [A-Za-z0-9._-] without "." and "..", at most 99 bytes and four parts.
bool is_safe_path(std::string_view path);

std::string to_json(const Manifest& manifest);

// Refuses what is no manifest of a format that this program knows. Names, sizes and digests are
// checked, so that what comes from a stranger can be used without a second look.
gov::Result<Manifest> from_json(std::string_view text);

}  // namespace govhost::backup
