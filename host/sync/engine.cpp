#include "sync/engine.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <unordered_map>
#include <utility>

namespace govhost::sync {
namespace {

using content::Document;
using content::Note;
using content::Snapshot;

std::size_t documents_of(const Snapshot& snapshot, std::string_view source) {
  const auto documents = snapshot.documents();
  return static_cast<std::size_t>(
      std::count_if(documents.begin(), documents.end(),
                    [&](const Document& d) { return d.provenance.source == source; }));
}

bool equal(const Note& a, const Note& b) {
  return a.source == b.source && a.key == b.key && a.line == b.line && a.message == b.message;
}

// Whether both say the same to every reader.
bool same(const Snapshot& a, const Snapshot& b) {
  return a.digest() == b.digest() &&
         std::equal(a.notes().begin(), a.notes().end(), b.notes().begin(), b.notes().end(), equal);
}

}  // namespace

Engine::Engine(EngineSetup setup, content::Freshness& freshness, Log& log, EngineHooks hooks)
    : rules_(std::move(setup.rules)),
      restricted_(std::move(setup.restricted)),
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
  gov::Status read = collect(*setup.source, setup.name, setup.licence, call, limits_, first_);
  if (read.ok() && !setup.gate.require.empty()) {
    std::vector<content::RawDocument> own(
        first_.documents.begin() + static_cast<std::ptrdiff_t>(documents), first_.documents.end());
    const auto alone = Snapshot::build(std::move(own), rules_);
    if (std::string why = refusal(setup.gate, setup.name, nullptr, *alone); !why.empty())
      read = gov::invalid("source " + setup.name + " " + why);
  }
  const auto now = std::chrono::steady_clock::now();
  if (read.ok()) {
    freshness_.confirm(setup.name, std::chrono::system_clock::now());
    lane.pace.succeeded(now);
  } else {
    first_.documents.resize(documents);
    freshness_.fail(setup.name);
    lane.pace.failed(now, read.retry_after());
  }
  return read;
}

void Engine::adopt(std::size_t source, std::vector<content::RawDocument> documents,
                   std::chrono::system_clock::time_point confirmed) {
  Lane& lane = *lanes_[source];
  std::move(documents.begin(), documents.end(), std::back_inserter(first_.documents));
  freshness_.confirm(lane.setup.name, confirmed);
  freshness_.fail(lane.setup.name);
  if (lane.pace.failures() == 0) lane.pace.at_once(std::chrono::steady_clock::now());
}

void Engine::publish_first() {
  Change change;
  if (keep_raw_) change.raw = first_.documents;
  change.fetched = first_.documents.size();
  current_ = Snapshot::build(std::move(first_.documents), rules_, std::move(first_.notes), {},
                             restricted_);
  first_ = {};
  hooks_.publish(current_, std::move(change));
}

void Engine::fetch_all_next() {
  for (const auto& lane : lanes_) lane->fetch_all = true;
}

void Engine::start() {
  for (const auto& lane : lanes_)
    if (lane->setup.pace.refresh.count() > 0)
      lane->thread = std::thread([this, &own = *lane] { run(own); });
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& lane : lanes_)
      if (lane->call) lane->call->cancel();
  }
  changed_.notify_all();
  for (const auto& lane : lanes_)
    if (lane->thread.joinable()) lane->thread.join();
}

void Engine::run(Lane& lane) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait_until(lock, lane.pace.due(), [&] { return stopping_; });
    if (stopping_) return;
    const auto call = lane.call = std::make_shared<plugin::CallContext>(
        std::chrono::steady_clock::now() + lane.setup.timeout, "refresh");
    lock.unlock();
    attempt(lane, *call);
    lock.lock();
    lane.call.reset();
  }
}

void Engine::attempt(Lane& lane, plugin::CallContext& call) {
  const std::string& name = lane.setup.name;
  const auto [status, rejected] = read(lane, call);
  const auto now = std::chrono::steady_clock::now();
  if (status.ok()) {
    const bool recovered = lane.pace.failures() > 0;
    lane.pace.succeeded(now);
    freshness_.confirm(name, std::chrono::system_clock::now());
    hooks_.confirmed();
    // Last: who waits for the line may rely on it.
    if (recovered) log_.info("content.source_recovered", {}, {{"source", std::string_view(name)}});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;  // it was cancelled
  }
  lane.pace.failed(now, status.retry_after());
  freshness_.fail(name);
  const auto wait = std::chrono::duration_cast<std::chrono::seconds>(lane.pace.due() - now);
  const LogField fields[] = {{"source", std::string_view(name)},
                             {"failures", static_cast<std::int64_t>(lane.pace.failures())},
                             {"breaker", name_of(lane.pace.state(now))},
                             {"retry_in_s", static_cast<std::int64_t>(wait.count())}};
  if (rejected)
    log_.write(Level::kError, "content.rejected", status.message(), fields);
  else
    log_.write(Level::kError, "content.source_failed", status.message(), fields);
}

std::shared_ptr<const Snapshot> Engine::current() {
  const std::lock_guard lock(mutex_);
  return current_;
}

Engine::Outcome Engine::read(Lane& lane, plugin::CallContext& call) {
  const SourceSetup& setup = lane.setup;
  const auto served = current();
  const bool all = lane.fetch_all.exchange(false);
  std::unordered_map<std::string_view, std::string_view> versions;
  std::size_t others = 0;
  for (const Document& d : served->documents()) {
    if (d.provenance.source != setup.name)
      ++others;
    else if (!all)
      versions.emplace(d.provenance.key, d.provenance.version);
  }
  CollectLimits limits = limits_;
  limits.max_documents -= std::min(limits.max_documents, others);
  Collected collected;
  gov::Status status = collect(
      *setup.source, setup.name, setup.licence, call, limits, collected, [&](std::string_view key) {
        const auto found = versions.find(key);
        return found == versions.end() ? std::string_view() : found->second;
      });
  if (!status.ok()) return {status};
  return take(lane, std::move(collected), all);
}

// Puts what a source gave beside what the others have in service. `all`: it was asked for every
// document, because their texts are wanted, be they new or not.
Engine::Outcome Engine::take(Lane& lane, Collected collected, bool all) {
  const SourceSetup& setup = lane.setup;
  const std::lock_guard one_at_a_time(building_);
  const auto served = current();
  // The usual case: nothing new, nothing gone, nothing left out.
  if (collected.documents.empty() && collected.notes.empty() &&
      collected.kept.size() == documents_of(*served, setup.name))
    return {};
  Change change{setup.name, collected.documents.size(), {}};
  if (keep_raw_) change.raw = collected.documents;
  const content::Carried carried{served.get(), [&](std::string_view source, std::string_view key) {
                                   return source != setup.name || collected.kept.contains(key);
                                 }};
  auto next = Snapshot::build(std::move(collected.documents), rules_, std::move(collected.notes),
                              {}, restricted_, carried);
  const bool nothing_new = same(*served, *next);
  if (std::string why = nothing_new ? "" : refusal(setup.gate, setup.name, served.get(), *next);
      !why.empty())
    return {gov::invalid("source " + setup.name + " " + why + "; the content in service stays"),
            true};
  {
    const std::lock_guard lock(mutex_);
    current_ = next;
  }
  // New versions of equal texts are remembered, or they would be fetched for ever.
  if (!nothing_new || all) hooks_.publish(std::move(next), std::move(change));
  return {};
}

}  // namespace govhost::sync
