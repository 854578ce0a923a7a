// Reads all documents of the configured sources.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "content/document.h"
#include "content/snapshot.h"
#include "plugin/adapters.h"

namespace govhost::sync {

struct CollectLimits {
  std::size_t max_document = std::size_t{2} << 20u;  // bytes
  std::size_t max_documents = 20'000;                // of all sources together
};

// What is in service of a source, while the source is listed.
class KnownDocuments {
 public:
  enum class Listed {
    kToFetch,
    kKept,   // it is as it was: nothing of it is fetched
    kTwice,  // it was listed before
  };
  KnownDocuments() = default;  // nothing is in service yet
  // `keeps`: false: all are fetched, known or not.
  KnownDocuments(std::shared_ptr<const content::Snapshot> served, std::string_view source,
                 bool keeps = true);

  Listed list(std::string_view key, std::string_view version);
  bool is_kept(std::string_view key) const;
  bool again() const { return served_ != nullptr; }
  std::size_t kept() const { return kept_; }
  std::size_t size() const { return documents_.size(); }

 private:
  struct Document {
    std::string_view version;
    bool listed = false, kept = false;
  };
  std::shared_ptr<const content::Snapshot> served_;  // that the views are of
  std::unordered_map<std::string_view, Document> documents_;
  std::unordered_set<std::string> others_;  // listed, and not in service
  bool keeps_ = true;
  std::size_t kept_ = 0;
};

struct Collected {
  std::vector<content::RawDocument> documents;
  std::vector<content::Note> notes;  // documents that had to be left out
};

// Adds what one source has. A document that cannot be read becomes a note, but when it is read again and
// the fault may pass, the reading fails; a source that cannot be listed, or has nothing, is an error. Blocks while the source works.
gov::Status collect(plugin::Source& source, const std::string& name, const std::string& licence,
                    plugin::CallContext& call, const CollectLimits& limits, KnownDocuments& known,
                    Collected& into);

}  // namespace govhost::sync
