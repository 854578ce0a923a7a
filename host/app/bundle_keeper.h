// Keeps what is served on disk as bundles, and gives it back at the next start.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/store.h"
#include "config/model.h"
#include "content/snapshot.h"
#include "observe/log.h"

namespace govhost::app {

// Thread-safe once load() was called.
class BundleKeeper {
 public:
  // Reads the keys; null after adding to `problems`. Without content.bundle_dir it does nothing.
  static std::unique_ptr<BundleKeeper> build(const config::Config& config, Log& log,
                                             std::vector<std::string>& problems);

  bool enabled() const { return store_ != nullptr; }
  // For the command line; null: there is no folder.
  bundle::Store* store() { return store_.get(); }
  // Looks for the newest bundle; those that are damaged are logged and passed over.
  void load();

  // The content is held at a bundle that was gone back to; load() has read it.
  bool held() const { return held_; }

  struct Kept {
    std::vector<content::RawDocument> documents;
    std::chrono::system_clock::time_point confirmed_at{};
    bool same_options = false;  // the source is configured as it was then
  };
  // What the newest bundle has of a source; empty documents: nothing.
  Kept kept(const config::Source& source) const;

  // The bundle whose sequence this is, or whose digest begins so (six digits or more); "newest".
  gov::Result<std::shared_ptr<const bundle::Bundle>> find(std::string_view name) const;
  // Its documents of one source, or of all that are configured.
  gov::Result<std::vector<content::RawDocument>> documents_of(const bundle::Bundle& bundle,
                                                              std::string_view source = {}) const;
  // Remembers over restarts that this one is served, or (null) that nothing is held.
  gov::Status hold(const bundle::Bundle* bundle);

  // What is to be written next: the snapshot, and the documents that no earlier one had.
  void note(std::shared_ptr<const content::Snapshot> snapshot,
            std::vector<content::RawDocument> fresh);
  // Writes it unless that is done. A failure is logged, and the next call makes up for it. False:
  // the text of a document is neither at hand nor on disk, so that all must be fetched.
  bool write();

 private:
  BundleKeeper(const config::Config& config, Log& log) : config_(config), log_(log) {}
  bool read_keys(bundle::StoreSettings& settings, std::vector<std::string>& problems) const;
  bool write_pending();
  std::shared_ptr<const bundle::Bundle> read_held();
  std::string held_file() const;

  const config::Config& config_;
  Log& log_;
  std::mutex mutex_;
  std::unique_ptr<bundle::Store> store_;          // null: there is no folder
  std::shared_ptr<const bundle::Bundle> newest_;  // or the one that is held
  bool held_ = false;
  // What is still to be written.
  std::shared_ptr<const content::Snapshot> pending_;
  std::map<std::string, content::RawDocument> fresh_;  // by source and key
};

}  // namespace govhost::app
