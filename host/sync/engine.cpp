// The engine's threads: when a source is read, and what its success or failure means.
#include "sync/engine.h"

#include <iterator>
#include <random>
#include <utility>

#include "core/background.h"

namespace govhost::sync {

using content::Snapshot;
using Event = content::Freshness::Event;

Engine::Engine(EngineSetup setup, content::Freshness& freshness, Log& log, EngineHooks hooks)
    : rules_(std::move(setup.rules)),
      restricting_(std::move(setup.restricting)),
      limits_(setup.limits),
      keep_raw_(setup.keep_raw),
      freshness_(freshness),
      log_(log),
      hooks_(std::move(hooks)) {
  std::random_device seeds;
  for (SourceSetup& source : setup.sources)
    lanes_.push_back(std::make_unique<Lane>(std::move(source), seeds()));
}

gov::Status Engine::read_first(std::size_t source, plugin::CallContext& call) {
  Lane& lane = *lanes_[source];
  const SourceSetup& setup = lane.setup;
  const std::size_t documents = first_.documents.size();
  KnownDocuments none;
  gov::Status read = collect(*setup.source, setup.name, setup.licence, call, limits_, none, first_);
  if (read.ok() && (!setup.gate.require.empty() || !setup.gate.attributes.empty())) {
    std::vector<content::RawDocument> own(
        first_.documents.begin() + static_cast<std::ptrdiff_t>(documents), first_.documents.end());
    const auto alone = Snapshot::build(std::move(own), rules_);
    if (std::string why = refusal(setup.gate, setup.name, nullptr, *alone); !why.empty())
      read = gov::invalid("source " + setup.name + " " + why);
  }
  const auto now = Clock::now();
  if (read.ok()) {
    freshness_.confirm(setup.name, std::chrono::system_clock::now());
    freshness_.count(setup.name, Event::kFetched, first_.documents.size() - documents);
    lane.pace.succeeded(now);
  } else {
    first_.documents.resize(documents);
    freshness_.fail(setup.name);
    freshness_.count(setup.name, Event::kFailed);
    lane.pace.failed(now, read.retry_after());
  }
  lane.last = read;
  return read;
}

void Engine::adopt(std::size_t source, std::vector<content::RawDocument> documents,
                   std::chrono::system_clock::time_point confirmed) {
  Lane& lane = *lanes_[source];
  freshness_.count(lane.setup.name, Event::kFromBundle, documents.size());
  std::move(documents.begin(), documents.end(), std::back_inserter(first_.documents));
  freshness_.confirm(lane.setup.name, confirmed);
  if (lane.setup.fixed) return;
  freshness_.fail(lane.setup.name);
  if (lane.pace.failures() == 0) lane.pace.at_once(Clock::now());
}

void Engine::carry(std::size_t source) {
  Lane& lane = *lanes_[source];
  lane.carried = true;
  if (lane.setup.fixed) return;
  if (freshness_.of(lane.setup.name).stale)
    lane.pace.at_once(Clock::now());
  else
    lane.pace.succeeded(Clock::now());
}

void Engine::publish_first(bool held, std::shared_ptr<const Snapshot> before) {
  Change change;
  change.first = true;
  change.fetched = first_.documents.size();
  if (keep_raw_) change.raw = first_.documents;
  const content::Carried carried{before.get(),
                                 [this](std::string_view source, std::string_view) {
                                   const Lane* const lane = find(source);
                                   return lane != nullptr && lane->carried;
                                 },
                                 /*restrict_anew=*/before != nullptr};
  current_ = Snapshot::build(std::move(first_.documents), rules_, std::move(first_.notes), {},
                             restricting_, carried);
  held_ = held;
  first_ = {};
  hooks_.publish(current_, std::move(change));
}

void Engine::start() {
  for (const auto& lane : lanes_)
    if (!lane->setup.fixed) lane->thread = std::thread([this, &own = *lane] { run(own); });
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& lane : lanes_)
      for (const auto& call : {lane->call, lane->watching})
        if (call) call->cancel();
  }
  changed_.notify_all();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
    if (lane->watcher.joinable()) lane->watcher.join();
  }
}

std::shared_ptr<const Snapshot> Engine::retire() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& lane : lanes_)
      for (const auto& call : {lane->call, lane->watching})
        if (call) call->cancel();
  }
  changed_.notify_all();
  const std::lock_guard none_is_published(building_);
  return current();
}

void Engine::run(Lane& lane) {
  work_in_the_background();
  watch_if_possible(lane);
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto due = held_ ? Clock::time_point::max() : lane.pace.due();
    changed_.wait_until(lock, due, [&] { return stopping_ || lane.requested || lane.look; });
    if (stopping_) return;
    if (std::exchange(lane.look, false) && !lane.requested) continue;
    if (held_) {
      lane.requested = false;
      continue;
    }
    lane.requested = false;
    lane.pace.begin(Clock::now());
    const auto call = lane.call =
        std::make_shared<plugin::CallContext>(Clock::now() + lane.setup.timeout, "refresh");
    lock.unlock();
    attempt(lane, *call);
    watch_if_possible(lane);
    lock.lock();
    lane.call.reset();
    ++lane.attempts;
    changed_.notify_all();
  }
}

void Engine::attempt(Lane& lane, plugin::CallContext& call) {
  const Outcome outcome = read(lane, call);
  std::unique_lock lock(mutex_);
  if (stopping_) return;  // it may have been cancelled
  const auto now = Clock::now();
  const bool failed_before = lane.pace.failures() > 0;
  lane.last = outcome.status;
  lane.rejected = outcome.rejected;
  if (outcome.taken == Taken::kOvertaken) {
    lane.pace.at_once(now);
    return;
  }
  if (outcome.taken != Taken::kYes) {
    lane.pace.failed(now, outcome.status.retry_after(), &budget_);
    freshness_.fail(lane.setup.name);
    freshness_.count(lane.setup.name, Event::kFailed);
    return report_failure(lane, outcome, now);
  }
  lane.pace.succeeded(now);
  freshness_.confirm(lane.setup.name, std::chrono::system_clock::now());
  lock.unlock();
  hooks_.confirmed();
  // Last: who waits for the line may rely on it.
  if (failed_before)
    log_.info("content.source_recovered", {}, {{"source", std::string_view(lane.setup.name)}});
}

void Engine::report_failure(const Lane& lane, const Outcome& outcome, Clock::time_point now) {
  const auto wait = std::chrono::duration_cast<std::chrono::seconds>(lane.pace.due() - now);
  const LogField fields[] = {{"source", std::string_view(lane.setup.name)},
                             {"failures", static_cast<std::int64_t>(lane.pace.failures())},
                             {"breaker", name_of(lane.pace.state(now))},
                             {"retry_in_s", static_cast<std::int64_t>(wait.count())}};
  if (outcome.taken == Taken::kRejected)
    log_.write(Level::kError, "content.rejected", outcome.status.message(), fields);
  else
    log_.write(Level::kError, "content.source_failed", outcome.status.message(), fields);
}

}  // namespace govhost::sync
