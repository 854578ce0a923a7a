// Search as the tools use it: passages in, documents out.
#pragma once

#include <gov/status.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "plugin/adapters.h"
#include "search/passages.h"

namespace govhost::search {

// One answer, naming the snapshot's own documents.
struct Found {
  const content::Document* document = nullptr;
  const content::Section* section = nullptr;       // null: before the first heading, or an entry
  const content::FrameworkEntry* entry = nullptr;  // of a framework
  double score = 0;
  std::string heading;  // what to call the place; never empty
  std::string snippet;  // one line that holds the match where the text does
};

struct Results {
  std::vector<Found> hits;
  std::size_t total = 0;  // documents (of frameworks: entries) that match
  std::shared_ptr<const content::Snapshot> snapshot;  // keeps the pointers of the hits alive
};

struct Request {
  std::string_view text;
  std::vector<std::string_view> kinds;  // empty: all
  std::string_view source;              // empty: all
  std::size_t limit = 5;
  std::vector<std::string_view> among = {};  // sources; empty: all
};

// Thread-safe. index() on one background thread; query() on any.
class Service {
 public:
  explicit Service(plugin::SearchBackend& backend) : backend_(backend) {}

  // Feeds a snapshot and puts it into service. Blocks while the backend works.
  gov::Status index(plugin::CallContext& call, std::shared_ptr<const content::Snapshot> snapshot);

  // Whether a query can be answered without waiting, on a transport's thread.
  bool answers_at_once() const;
  // Whether there is an index, or why there is none.
  bool ready() const;
  std::string failure() const;

  // UNAVAILABLE when there is no index at the call's deadline, or it could not be built.
  gov::Result<Results> query(plugin::CallContext& call, const Request& request);

 private:
  struct Index {
    std::shared_ptr<const content::Snapshot> snapshot;
    Passages passages;
  };
  gov::Result<std::shared_ptr<const Index>> wait_for_index(plugin::CallContext& call);

  plugin::SearchBackend& backend_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Index> index_;
  std::string failure_;
};

}  // namespace govhost::search
