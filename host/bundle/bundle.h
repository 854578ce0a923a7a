// A bundle: one file with all that is needed to serve an accepted snapshot again.
//
// It is a tar of manifest.json, manifest.sha256 (as sha256sum(1) writes it), manifest.sig (the
// Ed25519 signature of manifest.json, when there is a key) and objects/<sha256>, the documents as
// they were fetched. Whoever has tar, sha256sum and openssl can check one without this program.
//
// Of large content that changes a little, a bundle may hold only what differs from the one before
// it in the same folder, its base, whose manifest it names by its digest: the signature of the last
// one vouches for all of them.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bundle/manifest.h"
#include "core/ed25519.h"
#include "core/unique_fd.h"

namespace govhost::bundle {

// Bases that one bundle may need: each is a file that may be damaged.
inline constexpr std::size_t kMostBases = 16;

// Whose bundles are taken. Without keys everybody's: then only damage is found, not forgery.
using Trust = std::vector<VerifyKey>;

// Thread-safe.
class Bundle {
 public:
  // Checks the manifest, its signature and that the file is whole, but not the documents. The
  // message says what is wrong, not with which file.
  // `known`: one of the same folder that may be its base, which is then not read again; or null.
  static gov::Result<Bundle> open(const std::string& path, const Trust& trust,
                                  const Bundle* known = nullptr);
  // The manifest alone, as it is written: of a bundle with a base only the differences.
  static gov::Result<Manifest> peek(const std::string& path, const Trust& trust);

  // Of all documents, be they here or in the base.
  const Manifest& manifest() const { return manifest_; }
  const std::string& manifest_sha256() const { return manifest_sha256_; }  // as it is written
  std::string file() const;                                                // its name
  // How many others it needs.
  std::size_t bases() const { return archives_.size() - 1; }
  // Of the key that signed; empty: not signed, or nobody here knows the key.
  const std::string& key_id() const { return key_id_; }
  bool is_signed() const { return signed_; }

  // The document, which is what the manifest says or an error that names it.
  gov::Result<std::string> read(const Entry& entry) const;
  bool holds(const Entry& entry) const { return place_of(entry).first != nullptr; }
  // Reads every document.
  gov::Status verify() const;
  // One file under another name, which appears whole: the same, or with a base all of them in one,
  // signed anew.
  gov::Status copy_to(const std::string& path, const std::optional<SigningKey>& key) const;

 private:
  struct Place {
    std::uint64_t offset = 0, size = 0;
  };
  // One file with what it holds.
  struct Archive {
    UniqueFd fd;
    std::uint64_t size = 0;                          // bytes
    std::uint64_t end = 0;                           // behind the last object
    std::unordered_map<std::string, Place> objects;  // by sha256
  };
  explicit Bundle(std::string path)
      : path_(std::move(path)), archives_{std::make_shared<Archive>()} {}
  static gov::Result<Bundle> open(const std::string& path, const Trust& trust, const Bundle* known,
                                  std::size_t deepest);
  gov::Status open_file();
  gov::Status read_head(const Trust& trust);
  gov::Status read_base(const Trust& trust, const Bundle* known, std::size_t deepest);
  std::pair<const Archive*, Place> place_of(const Entry& entry) const;
  gov::Result<std::string> read_member(std::string_view name, std::size_t limit);
  gov::Status lay_out();

  std::string path_;
  std::vector<std::shared_ptr<Archive>> archives_;  // its own, its base, the base of that
  Manifest manifest_;
  std::string manifest_sha256_;
  std::string key_id_;
  bool signed_ = false;
};

// Gives the text of a document that is to be written.
using ReadObject = std::function<gov::Result<std::string>(const Entry&)>;

// Writes the file as a whole or not at all. What `read` gives must have the entry's sha256.
gov::Status write_bundle(const std::string& path, const Manifest& manifest, const ReadObject& read,
                         const std::optional<SigningKey>& key);

}  // namespace govhost::bundle
