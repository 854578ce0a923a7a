// Keeps the content current: reads every source again and again, each on a thread of its own so
// that one which hangs holds up no other, and puts what passes the gate into service.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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
  bool fixed = false;                // never read again: it is part of the program
  bool watch = false;                // read it when it says that it changed, too
  PaceSettings pace;
  GateSettings gate;
  std::chrono::milliseconds timeout{300'000};  // of one reading
};

struct EngineSetup {
  std::vector<SourceSetup> sources;
  std::vector<content::KindRule> rules;
  content::Restricting restricting;  // see Snapshot::build
  CollectLimits limits;
  bool keep_raw = false;  // whether a Change carries what was fetched
};

// What brought a snapshot.
struct Change {
  std::string_view source;  // empty: it is the first, or one that was gone back to
  std::size_t fetched = 0;  // documents that were not carried over
  std::vector<content::RawDocument> raw;
  bool first = false;
};

struct EngineHooks {
  // Puts a snapshot into service; by one thread at a time.
  std::function<void(std::shared_ptr<const content::Snapshot>, Change)> publish;
  // A source turned out to be as it is served. Any thread.
  std::function<void()> confirmed = [] {};
};

// What an operator is told of a source.
struct SourceView {
  std::string name;
  std::size_t documents = 0;
  Breaker breaker = Breaker::kClosed;
  std::size_t failures = 0;  // in a row
  std::string problem;       // of the last attempt; empty: it was well
  bool reading = false;
  std::optional<std::chrono::seconds> next_in;  // nullopt: never by itself
  content::Freshness::State freshness;
  // What the gate did not take, while that is what the source has; null: nothing.
  std::shared_ptr<const content::Snapshot> rejected;
};

// read_first() or adopt() for every source, publish_first(), start() and stop() by one thread, in
// this order. The rest is thread-safe, from start() on.
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
  // Takes what an engine that was retired serves of the source.
  void carry(std::size_t source);
  // `held`: see hold(). `before`: what the carried sources' documents are of.
  void publish_first(bool held = false, std::shared_ptr<const content::Snapshot> before = {});

  void start();
  // Cancels what is being read and returns when no thread is left.
  void stop();
  // From the return on nothing is published any more; what is being read is cancelled, and stop()
  // waits for it. What it serves last.
  std::shared_ptr<const content::Snapshot> retire();

  // The next reading of every source fetches all documents, known or not.
  void fetch_all_next();

  std::vector<SourceView> views() const;
  std::shared_ptr<const content::Snapshot> current() const;

  // Reads the source now and returns how that ended. With its breaker open only when `probe`.
  gov::Status sync(std::string_view source, bool probe, std::chrono::milliseconds limit);
  // As sync(), and takes what the source has although the gate does not, when it is the very
  // content whose digest begins with `digest`: what the operator has looked at.
  gov::Status accept(std::string_view source, std::string_view digest,
                     std::chrono::milliseconds limit);
  // Takes documents from elsewhere for what the source has, through its gate.
  gov::Status put(std::string_view source, std::vector<content::RawDocument> documents,
                  std::chrono::system_clock::time_point confirmed);
  // Goes back to these documents of all sources; no source is read until release().
  gov::Status hold(std::vector<content::RawDocument> documents);
  void release();
  bool held() const;

 private:
  using Clock = std::chrono::steady_clock;

  // One source and its thread. What changes is under mutex_.
  struct Lane {
    Lane(SourceSetup given, std::uint64_t seed) : setup(std::move(given)), pace(setup.pace, seed) {}
    const SourceSetup setup;
    Pace pace;
    std::shared_ptr<plugin::CallContext> call;  // null: nothing is being read
    bool requested = false;                     // out of turn
    bool look = false;                          // whether to wait has changed
    std::uint64_t attempts = 0;                 // that have ended
    gov::Status last;
    std::string accepted;  // digest of content that the gate need not take
    std::shared_ptr<const content::Snapshot> rejected;
    std::atomic<bool> fetch_all{false};
    bool carried = false;  // into the first snapshot
    std::thread thread;
    std::shared_ptr<plugin::CallContext> watching;  // null: nobody watches it
    std::thread watcher;                            // joined after `thread`, which starts it
  };

  enum class Taken {
    kYes,
    kFailed,
    kRejected,   // it was read, and the gate did not take it
    kOvertaken,  // other content was put into service meanwhile
  };
  struct Outcome {
    Taken taken = Taken::kYes;
    gov::Status status;
    std::shared_ptr<const content::Snapshot> rejected;
  };

  void run(Lane& lane);
  void watch_if_possible(Lane& lane);
  void watch(Lane& lane, plugin::CallContext& call);
  void attempt(Lane& lane, plugin::CallContext& call);
  void report_failure(const Lane& lane, const Outcome& outcome, Clock::time_point now);
  Outcome read(Lane& lane, plugin::CallContext& call);
  Outcome take(Lane& lane, Collected collected, const KnownDocuments& known, bool all,
               std::uint64_t replacements);
  void serve(std::shared_ptr<const content::Snapshot> next, Change change, bool publish);
  SourceView view(const Lane& lane, Clock::time_point now) const;
  Lane* find(std::string_view source) const;
  gov::Status request(Lane& lane, std::unique_lock<std::mutex>& lock,
                      std::chrono::milliseconds limit);

  const std::vector<content::KindRule> rules_;
  const content::Restricting restricting_;
  const CollectLimits limits_;
  const bool keep_raw_;
  content::Freshness& freshness_;
  Log& log_;
  const EngineHooks hooks_;

  std::vector<std::unique_ptr<Lane>> lanes_;
  Collected first_;
  std::mutex building_;  // one snapshot is built and published at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const content::Snapshot> current_;
  RetryBudget budget_;
  std::uint64_t replacements_ = 0;  // of current_, by put() and hold()
  bool held_ = false;
  bool stopping_ = false;
};

}  // namespace govhost::sync
