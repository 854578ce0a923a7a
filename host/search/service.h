// Search as the tools use it: passages in, documents out.
#pragma once

#include <gov/status.hpp>

#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "plugin/adapters.h"
#include "search/answer.h"
#include "search/feed.h"
#include "search/passages.h"
#include "search/thesaurus.h"

namespace govhost::search {

struct Request {
  std::string_view text;
  std::vector<std::string_view> kinds;  // empty: all
  std::vector<std::string> sources;     // values of source_facet(); empty: all
  std::size_t limit = 5;
  std::string_view type = {};       // "SEC"; empty: all
  std::string_view framework = {};  // only what cites it, and its own entries; empty: all
  bool explain = false;
};

using Vocabulary = std::shared_future<std::shared_ptr<const Thesaurus>>;

// Thread-safe. index() on one background thread; query() on any.
class Service {
 public:
  // `vocabulary` is waited for by the first index(), so it may still be in the making.
  explicit Service(plugin::SearchBackend& backend, Vocabulary vocabulary = {})
      : backend_(backend), vocabulary_(std::move(vocabulary)) {}

  // Feeds a snapshot and puts it into service. Blocks while the backend works.
  gov::Status index(plugin::CallContext& call, std::shared_ptr<const content::Snapshot> snapshot,
                    const Progress& progress = {});

  // Whether a query can be answered without waiting, on a transport's thread.
  bool answers_at_once() const;
  // Whether queries are answered from this content.
  bool is_of(const content::Snapshot& snapshot) const;
  // Whether there is an index, or why there is none.
  bool ready() const;
  std::string failure() const;

  // UNAVAILABLE when there is no index at the call's deadline, or it could not be built.
  gov::Result<Results> query(plugin::CallContext& call, const Request& request);

 private:
  struct Total {
    std::uint64_t count = 0;
    bool complete = false;  // everything that matches was collected
  };
  gov::Result<std::shared_ptr<const Index>> wait_for_index(plugin::CallContext& call);
  gov::Status ask(plugin::CallContext& call, const Request& request, const Passages& passages,
                  std::vector<Collected>& all, Total& total);

  plugin::SearchBackend& backend_;
  const Vocabulary vocabulary_;  // not valid: words mean themselves only
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Index> index_;
  std::string failure_;
  bool in_step_ = false;  // the backend holds what index_ says; of the thread that indexes
};

}  // namespace govhost::search
