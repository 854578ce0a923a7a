// Reads all documents of the configured sources.
#pragma once

#include <gov/status.hpp>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "content/document.h"
#include "plugin/adapters.h"

namespace govhost::sync {

struct CollectLimits {
  std::size_t max_document = std::size_t{2} << 20u;  // bytes
  std::size_t max_documents = 20'000;                // of all sources together
};

struct Collected {
  std::vector<content::RawDocument> documents;
  std::vector<content::Note> notes;  // documents that had to be left out
  // Keys of documents that are as they were, by a version that is known already.
  std::set<std::string, std::less<>> kept;
};

// The version of a document that is in service, or empty: the document is fetched.
using KnownVersion = std::function<std::string_view(std::string_view key)>;

// Adds what one source has. A document that cannot be read becomes a note, but when it is read again
// (`known`) and the fault may pass, the reading fails; a source that cannot be listed, or has
// nothing, is an error. Blocks while the source works.
gov::Status collect(plugin::Source& source, const std::string& name, const std::string& licence,
                    plugin::CallContext& call, const CollectLimits& limits, Collected& into,
                    const KnownVersion& known = {});

}  // namespace govhost::sync
