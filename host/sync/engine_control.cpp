// What operators ask of the engine.
#include <algorithm>
#include <utility>

#include "sync/engine.h"

namespace govhost::sync {

using content::Snapshot;

void Engine::fetch_all_next() {
  for (const auto& lane : lanes_) lane->fetch_all = true;
}

std::shared_ptr<const Snapshot> Engine::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool Engine::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

Engine::Lane* Engine::find(std::string_view source) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&](const auto& lane) { return lane->setup.name == source; });
  return found == lanes_.end() ? nullptr : found->get();
}

SourceView Engine::view(const Lane& lane, Clock::time_point now) const {
  SourceView out;
  out.name = lane.setup.name;
  const auto documents = current_->documents();
  out.documents = static_cast<std::size_t>(std::count_if(
      documents.begin(), documents.end(),
      [&](const content::Document& d) { return d.provenance.source == lane.setup.name; }));
  out.breaker = lane.pace.state(now);
  out.failures = lane.pace.failures();
  out.problem = lane.last.message();
  out.reading = lane.call != nullptr;
  const auto due = lane.pace.due();
  if (!lane.setup.fixed && !held_ && due != Clock::time_point::max())
    out.next_in = std::max(std::chrono::duration_cast<std::chrono::seconds>(due - now),
                           std::chrono::seconds(0));
  out.freshness = freshness_.of(lane.setup.name);
  out.rejected = lane.rejected;
  return out;
}

std::vector<SourceView> Engine::views() const {
  const std::lock_guard lock(mutex_);
  std::vector<SourceView> out;
  for (const auto& lane : lanes_) out.push_back(view(*lane, Clock::now()));
  return out;
}

// Waits for an attempt that begins from now on: one that is under way may have seen what was.
gov::Status Engine::request(Lane& lane, std::unique_lock<std::mutex>& lock,
                            std::chrono::milliseconds limit) {
  if (stopping_) return gov::cancelled();
  if (held_)
    return gov::invalid(
        "the content is held since a rollback; `govhost content rollback --release` ends that");
  const std::uint64_t wanted = lane.attempts + (lane.call ? 2 : 1);
  lane.requested = true;
  changed_.notify_all();
  const bool done =
      changed_.wait_for(lock, limit, [&] { return stopping_ || held_ || lane.attempts >= wanted; });
  if (!done)
    return gov::deadline_exceeded("source " + lane.setup.name +
                                  " is still being read; `govhost content status` shows the end");
  if (lane.attempts >= wanted) return lane.last;
  return gov::cancelled();
}

gov::Status Engine::sync(std::string_view source, bool probe, std::chrono::milliseconds limit) {
  Lane* const lane = find(source);
  if (lane == nullptr)
    return gov::not_found("no source of the configuration is called " + std::string(source));
  if (lane->setup.fixed) return {};
  std::unique_lock lock(mutex_);
  const auto now = Clock::now();
  if (!probe && !lane->pace.may_try(now)) {
    const auto wait = std::chrono::duration_cast<std::chrono::seconds>(lane->pace.due() - now);
    return gov::unavailable("the circuit breaker of source " + lane->setup.name +
                            " is open for another " + std::to_string(wait.count()) +
                            " s, because: " + lane->last.message() +
                            "; --probe asks the source all the same");
  }
  return request(*lane, lock, limit);
}

gov::Status Engine::accept(std::string_view source, std::string_view digest,
                           std::chrono::milliseconds limit) {
  Lane* const lane = find(source);
  if (lane == nullptr)
    return gov::not_found("no source of the configuration is called " + std::string(source));
  std::unique_lock lock(mutex_);
  if (!lane->rejected)
    return gov::not_found("nothing of source " + lane->setup.name +
                          " was rejected; `govhost content status` shows what is");
  const std::string own(lane->rejected->digest_of_source(source));
  if (digest.size() < 6 || !own.starts_with(digest))
    return gov::invalid("what was rejected is " + own.substr(0, 12) +
                        ": name it, so that nothing else is accepted");
  lane->accepted = own;
  gov::Status taken = request(*lane, lock, limit);
  lane->accepted.clear();
  return taken;
}

void Engine::release() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
    for (const auto& lane : lanes_) {
      lane->look = true;
      if (!lane->setup.fixed) lane->pace.at_once(Clock::now());
    }
  }
  changed_.notify_all();
}

}  // namespace govhost::sync
