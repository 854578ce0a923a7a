// Keeps the content current: reads every source again and again, each on a thread of its own so
// that one which hangs holds up no other, and puts what passes the gate into service.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "content/freshness.h"
#include "content/snapshot.h"
#include "observe/log.h"
#include "plugin/adapters.h"
#include "sync/collect.h"
#include "sync/gate.h"
#include "sync/pace.h"

namespace govhost::sync {

struct SourceSetup {
  std::string name, licence;
  plugin::Source* source = nullptr;  // borrowed
  PaceSettings pace;
  GateSettings gate;
  std::chrono::milliseconds timeout{300'000};  // of one reading
};

struct EngineSetup {
  std::vector<SourceSetup> sources;
  std::vector<content::KindRule> rules;
  std::vector<std::string> restricted;  // see Snapshot::build
  CollectLimits limits;
  bool keep_raw = false;  // whether a Change carries what was fetched
};

// What brought a snapshot.
struct Change {
  std::string_view source;  // empty: it is the first
  std::size_t fetched = 0;  // documents that were not carried over
  std::vector<content::RawDocument> raw;
};

struct EngineHooks {
  // Puts a snapshot into service; by one thread at a time.
  std::function<void(std::shared_ptr<const content::Snapshot>, Change)> publish;
  // A source turned out to be as it is served. Any thread.
  std::function<void()> confirmed = [] {};
};

// read_first() or adopt() for every source, publish_first(), start() and stop() by one thread, in
// this order.
class Engine {
 public:
  Engine(EngineSetup setup, content::Freshness& freshness, Log& log, EngineHooks hooks);
  ~Engine() { stop(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::size_t size() const { return lanes_.size(); }
  // Reads one source for the first snapshot. Its documents are used only when the status is OK; its
  // notes say why they are not.
  gov::Status read_first(std::size_t source, plugin::CallContext& call);
  // Takes what the source had at `confirmed`, marked stale until the source confirms it, which it
  // is asked as soon as the engine starts.
  void adopt(std::size_t source, std::vector<content::RawDocument> documents,
             std::chrono::system_clock::time_point confirmed);
  void publish_first();

  void start();
  // Cancels what is being read and returns when no thread is left.
  void stop();

  // The next reading of every source fetches all documents, known or not. Thread-safe.
  void fetch_all_next();

 private:
  // One source: its thread, and what only this thread uses.
  struct Lane {
    Lane(SourceSetup given, std::uint64_t seed) : setup(std::move(given)), pace(setup.pace, seed) {}
    const SourceSetup setup;
    Pace pace;
    std::shared_ptr<plugin::CallContext> call;  // under mutex_; null: nothing is being read
    std::atomic<bool> fetch_all{false};
    std::thread thread;
  };

  void run(Lane& lane);
  void attempt(Lane& lane, plugin::CallContext& call);
  struct Outcome {
    gov::Status status;
    bool rejected = false;  // it was read, and the gate did not take it
  };
  Outcome read(Lane& lane, plugin::CallContext& call);
  Outcome take(Lane& lane, Collected collected, bool all);
  std::shared_ptr<const content::Snapshot> current();

  const std::vector<content::KindRule> rules_;
  const std::vector<std::string> restricted_;
  const CollectLimits limits_;
  const bool keep_raw_;
  content::Freshness& freshness_;
  Log& log_;
  const EngineHooks hooks_;

  std::vector<std::unique_ptr<Lane>> lanes_;
  Collected first_;
  std::mutex building_;  // one snapshot is built and published at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const content::Snapshot> current_;
  bool stopping_ = false;
};

}  // namespace govhost::sync
