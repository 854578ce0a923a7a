// Small snapshots to put into bundles.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bundle/manifest.h"
#include "content/snapshot.h"

namespace govhost::bundle {

// A signing key made for these tests.
inline constexpr const char* kPrivate =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";

using Raw = std::vector<content::RawDocument>;

inline content::RawDocument document(std::string key, std::string text) {
  content::RawDocument raw;
  raw.source = "policies";
  raw.key = std::move(key);
  raw.version = "v" + std::to_string(text.size());
  raw.title = "Title";
  raw.link = "https://example.org/" + raw.key;
  raw.bytes = std::move(text);
  raw.fetched_at = Time(std::chrono::microseconds(1'700'000'000'123'456));
  raw.modified = Time(std::chrono::milliseconds(1'600'000'000'456));
  return raw;
}

inline Manifest manifest(const Raw& raw) {
  Manifest out =
      manifest_of(*content::Snapshot::build(raw, {}), {{"policies", "ab", Time{}}}, "govhost test");
  out.accepted_at = Time(std::chrono::milliseconds(1'700'000'001'000));
  return out;
}

}  // namespace govhost::bundle
