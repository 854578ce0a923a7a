// A bundle: one file with all that is needed to serve an accepted snapshot again.
//
// It is a tar of manifest.json, manifest.sha256 (as sha256sum(1) writes it), manifest.sig (the
// Ed25519 signature of manifest.json, when there is a key) and objects/<sha256>, the documents as
// they were fetched. Whoever has tar, sha256sum and openssl can check one without this program.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bundle/manifest.h"
#include "core/ed25519.h"
#include "core/unique_fd.h"

namespace govhost::bundle {

// Whose bundles are taken. Without keys everybody's: then only damage is found, not forgery.
using Trust = std::vector<VerifyKey>;

// Thread-safe.
class Bundle {
 public:
  // Checks the manifest, its signature and that the file is whole, but not the documents. The
  // message says what is wrong, not with which file.
  static gov::Result<Bundle> open(const std::string& path, const Trust& trust);

  const Manifest& manifest() const { return manifest_; }
  // Of the key that signed; empty: not signed, or nobody here knows the key.
  const std::string& key_id() const { return key_id_; }
  bool is_signed() const { return signed_; }

  // The document, which is what the manifest says or an error that names it.
  gov::Result<std::string> read(const Entry& entry) const;
  bool holds(std::string_view sha256) const { return objects_.contains(std::string(sha256)); }
  // Reads every document.
  gov::Status verify() const;
  // The file as it is, under another name; it appears whole.
  gov::Status copy_to(const std::string& path) const;

 private:
  struct Place {
    std::uint64_t offset = 0, size = 0;
  };
  Bundle() = default;
  gov::Status read_head(const Trust& trust);
  gov::Result<std::string> read_member(std::string_view name, std::size_t limit);
  gov::Status lay_out();

  UniqueFd fd_;
  std::uint64_t at_ = 0;  // while opening: where the next member begins
  Manifest manifest_;
  std::unordered_map<std::string, Place> objects_;  // by sha256
  std::string key_id_;
  bool signed_ = false;
};

// Gives the text of a document that is to be written.
using ReadObject = std::function<gov::Result<std::string>(const Entry&)>;

// Writes the file as a whole or not at all. What `read` gives must have the entry's sha256.
gov::Status write_bundle(const std::string& path, const Manifest& manifest, const ReadObject& read,
                         const std::optional<SigningKey>& key);

}  // namespace govhost::bundle
