// A backup as a file: a tar (of the one form of bundle/tar.h) in a gzip stream. First
// manifest.json, then manifest.sig when the manifest names a key, then the files in the order of
// the manifest. A reader compares instead of parsing: what the manifest does not announce cannot be
// in it, neither links nor paths that lead elsewhere.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backup/gzip.h"
#include "backup/manifest.h"
#include "bundle/tar.h"
#include "core/ed25519.h"

namespace govhost::backup {

using Put = std::function<gov::Status(std::string_view piece)>;
// Gives all bytes of a file of the manifest to `put`.
using ReadFile = std::function<gov::Status(const File& file, const Put& put)>;
// Told of bytes that were read or written; may be null.
using Progress = std::function<void(std::uint64_t bytes)>;

// The file appears under its name when it is whole and on the disk (mode 0600), or not at all. An
// error too when a file is not what the manifest says: it changed meanwhile.
gov::Status write_archive(const std::string& path, const Manifest& manifest,
                          const std::optional<SigningKey>& key, const ReadFile& read,
                          const Progress& progress);

// One thread, one pass. INVALID_ARGUMENT: the file is not what was written; the message names the
// first thing that is wrong.
class ArchiveReader {
 public:
  // Reads manifest and signature. With `trusted` the signature must be of that key, else of the one
  // that the manifest names.
  static gov::Result<std::unique_ptr<ArchiveReader>> open(const std::string& path,
                                                          const std::optional<VerifyKey>& trusted);

  const Manifest& manifest() const { return manifest_; }
  const std::string& manifest_text() const { return text_; }
  const std::string& key_id() const { return key_id_; }  // empty: not signed

  // Bytes of one file at `offset`; at least one call for each file. It is the file of the manifest
  // only when the next one begins, or read_all() returns.
  using Take =
      std::function<gov::Status(const File& file, std::uint64_t offset, std::string_view piece)>;
  // Until the end of the archive.
  gov::Status read_all(const Take& take, const Progress& progress);

 private:
  explicit ArchiveReader(UniqueFd file) : in_(std::move(file)) {}
  gov::Status read_header(std::string_view name, std::uint64_t& size);
  gov::Status read_padding(std::uint64_t size);
  gov::Result<std::string> read_member(std::string_view name, std::uint64_t most);
  gov::Status read_head(const std::optional<VerifyKey>& trusted);
  gov::Status read_one(const File& file, const Take& take, const Progress& progress);

  GzipReader in_;
  Manifest manifest_;
  std::string text_, key_id_;
};

}  // namespace govhost::backup
