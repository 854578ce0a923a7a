// What a bundle holds: the documents of one accepted snapshot and where they came from.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "content/snapshot.h"

namespace govhost::bundle {

using Time = std::chrono::system_clock::time_point;

inline constexpr int kFormat = 2;       // a reader refuses a higher one
inline constexpr int kWholeFormat = 1;  // of a manifest without a base

// A document without its text, which stands in the bundle once for every sha256.
struct Entry {
  std::string source, key, sha256;
  std::uint64_t size = 0;  // bytes
  std::string version, title, link, licence;
  Time fetched_at{};
  std::optional<Time> modified;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// A bundle of the same folder that another one says its differences from.
struct Base {
  std::string file;             // its name
  std::string manifest_sha256;  // of its manifest.json
};

struct RemovedEntry {
  std::string source, key;
};

// What entries are sorted by.
inline auto place_of(const Entry& entry) { return std::tie(entry.source, entry.key); }
inline auto place_of(const RemovedEntry& entry) { return std::tie(entry.source, entry.key); }

// A source as it was when the snapshot was accepted.
struct SourceState {
  std::string name;
  // Of the plugin and its options: content that other options brought is not taken for current.
  std::string options_sha256;
  Time confirmed_at{};  // when the source was last known to have this content
};

struct Manifest {
  std::uint64_t sequence = 0;
  Time accepted_at{};
  std::string written_by;  // "govhost 0.1.0"
  std::string digest;      // of the snapshot
  std::vector<SourceState> sources;
  std::vector<Entry> entries;  // sorted by source, then key

  // Of one that is stored as what differs from another; nullopt: the entries are all.
  std::optional<Base> base;
  std::vector<RemovedEntry> removed;  // sorted likewise

  const SourceState* source(std::string_view name) const;
};

// Everything but sequence and time.
Manifest manifest_of(const content::Snapshot& snapshot, std::vector<SourceState> sources,
                     std::string written_by);

// Whether both hold the same documents from the same places; when they were read does not matter.
bool same_content(const Manifest& a, const Manifest& b);

// JSON with sorted keys: equal manifests are equal bytes.
std::string to_json(const Manifest& manifest);

// Refuses what is no manifest of a format that this program knows; checks names and sizes, so that
// what comes from a file of another site can be used without a second look.
gov::Result<Manifest> from_json(std::string_view text);

}  // namespace govhost::bundle
