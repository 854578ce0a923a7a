// The content of a runtime: reads the sources, puts snapshots into service and has them indexed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "access/restrictions.h"
#include "app/bundle_keeper.h"
#include "audit/trail.h"
#include "config/model.h"
#include "content/freshness.h"
#include "mcp/generation.h"
#include "mcp/server.h"
#include "observe/log.h"
#include "plugin/adapters.h"
#include "plugin/call.h"
#include "search/service.h"
#include "serve/reaper.h"
#include "sync/engine.h"

namespace govhost::app {

// One thread, but for what it starts itself.
class ContentService {
 public:
  struct Slot {
    const config::Source* config = nullptr;
    std::shared_ptr<plugin::Source> source;
    bool carried = false;  // what is served of it is what it is configured to have
  };
  // What it works with; all of it outlives the service.
  struct Parts {
    const config::Config& config;
    Log& log;
    Reaper& reaper;
    mcp::Published& published;
    mcp::Server& server;
    search::Service& search;
    BundleKeeper& bundles;
    audit::Trail* trail = nullptr;  // null: nothing is recorded
    access::Restrictions restrictions = {};
  };

  // `before`: the one that it is to take over from; null: nothing is served yet.
  ContentService(const Parts& parts, std::vector<Slot> slots,
                 const ContentService* before = nullptr);
  ~ContentService() { stop(); }
  ContentService(const ContentService&) = delete;

  // Reads all content and publishes it; false after adding to `problems`. Then the search index is
  // built on a thread of its own, so that a client need not wait for it to connect. `serve`: the
  // content may come from the newest bundle, and the sources are read again from time to time.
  bool load(bool serve, std::vector<std::string>& problems);

  // Reads what is not carried; false after adding to `problems`. Nothing is served of it yet.
  bool read_new(std::vector<std::string>& problems);
  // Then puts it into service in place of `before`, which publishes nothing any more. `rewire` is
  // called just before: search knows the content by then.
  void take_over(ContentService& before, const std::function<void()>& rewire);

  sync::Engine& engine() { return *engine_; }
  const access::Restrictions& restrictions() const { return parts_.restrictions; }

  // Gives up what is being read or indexed. One that was taken over from waits for its sources for
  // as long as they need.
  void stop();

 private:
  std::unique_ptr<sync::Engine> make_engine();
  std::shared_ptr<const content::Snapshot> retire();
  void put_first(std::shared_ptr<const content::Snapshot> snapshot);
  void load_source(std::size_t index, bool serve, std::vector<std::string>& problems);
  void write_bundle();
  void take(std::shared_ptr<const content::Snapshot> snapshot, sync::Change change);
  std::shared_ptr<const mcp::Generation> publish(std::shared_ptr<const content::Snapshot> snapshot);
  void report_change(const sync::Change& change, const content::Snapshot& snapshot);
  void index(const std::shared_ptr<const content::Snapshot>& snapshot);
  // What nobody waits for.
  void finish(const mcp::Generation& generation);
  void report_notes(const content::Snapshot* before, const content::Snapshot& snapshot);

  const Parts parts_;
  const std::vector<Slot> slots_;
  const std::shared_ptr<content::Freshness> freshness_;
  std::unique_ptr<sync::Engine> engine_;

  std::mutex indexing_;  // one snapshot at a time
  std::mutex mutex_;
  std::shared_ptr<plugin::CallContext> index_call_;  // null: nothing is being indexed
  bool stopping_ = false;
  bool retired_ = false;
  const std::function<void()>* rewire_ = nullptr;  // while it takes over
  std::thread first_index_;
};

// What readers need by a configuration.
std::vector<access::Restrictions::Rule> restriction_rules(const config::Config& config);

// A source that gives nothing and is not required: the host goes on without it.
void report_absence(Log& log, const config::Source& source, const gov::Status& why);

// Which file is a document of which kind, of every source.
std::vector<content::KindRule> kind_rules(const config::Config& config);

}  // namespace govhost::app
