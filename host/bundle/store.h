// The folder of the bundles: the newest is what a start serves when upstream gives nothing, the
// others are what can be gone back to.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"
#include "bundle/manifest.h"
#include "content/document.h"

namespace govhost::bundle {

struct StoreSettings {
  std::string directory;
  std::size_t keep = 50;  // bundles; older ones are removed
  std::optional<SigningKey> key;
  Trust trust;
  // Bytes of text from which on a bundle holds only what differs from the one before.
  std::uint64_t delta_from = std::uint64_t{16} << 20u;
};

// A file that is a bundle by its name.
struct Listed {
  std::uint64_t sequence = 0;
  std::string path;
};

// One thread. Several processes may use the same folder; one writes at a time.
class Store {
 public:
  // A bundle that cannot be used.
  using OnBroken = std::function<void(const std::string& path, const gov::Status& why)>;

  explicit Store(StoreSettings settings) : settings_(std::move(settings)) {}

  const StoreSettings& settings() const { return settings_; }

  // Newest first; empty too when the folder cannot be read, then with the reason in `why`.
  std::vector<Listed> list(gov::Status* why = nullptr) const;
  // The newest that is whole, its documents checked. Those passed over are told of.
  std::shared_ptr<const Bundle> newest(const OnBroken& on_broken);

  // The bundle whose sequence this is (as its file is named), or whose digest begins so (six digits
  // or more; the newest of several); "newest". Whole, or an error that names the file.
  gov::Result<std::shared_ptr<const Bundle>> find(std::string_view name) const;
  // The one that was written last before `time`, or at it.
  gov::Result<std::shared_ptr<const Bundle>> at(Time time) const;

  // Copies a bundle from elsewhere, as the newest; it must be whole, and signed as the trust asks.
  gov::Result<std::shared_ptr<const Bundle>> import(const std::string& path);

  // Writes what the manifest lists, unless the newest bundle holds the same. The text of a document
  // comes from `fresh` or from the newest bundle; NOT_FOUND names one that neither has. Sets the
  // manifest's sequence. `written`: a file was made.
  gov::Status add(Manifest& manifest, std::span<const content::RawDocument> fresh, bool& written);

 private:
  gov::Status prepare_folder() const;
  gov::Result<std::shared_ptr<const Bundle>> open(const std::string& path) const;
  void remove_old(const std::vector<Listed>& listed) const;
  bool worth_a_delta(const std::vector<Listed>& listed) const;

  const StoreSettings settings_;
  std::shared_ptr<const Bundle> newest_;  // the one read or written last
};

// "bundle-00000042-3f9a0c1d2e4b.tar", with ".delta" before ".tar" when it has a base: in a listing
// the names sort by age.
std::string bundle_name(std::uint64_t sequence, std::string_view digest, bool is_delta = false);

}  // namespace govhost::bundle
