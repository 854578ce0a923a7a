// How what a source has becomes what is served.
#include <algorithm>
#include <utility>

#include "sync/engine.h"

namespace govhost::sync {
namespace {

using content::Document;
using content::Note;
using content::Snapshot;
using Event = content::Freshness::Event;

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

Engine::Outcome Engine::read(Lane& lane, plugin::CallContext& call) {
  const SourceSetup& setup = lane.setup;
  std::shared_ptr<const Snapshot> served;
  std::uint64_t replacements = 0;
  {
    const std::lock_guard lock(mutex_);
    served = current_;
    replacements = replacements_;
  }
  const bool all = lane.fetch_all.exchange(false);
  KnownDocuments known(served, setup.name, !all);
  CollectLimits limits = limits_;
  limits.max_documents -= std::min(limits.max_documents, served->documents().size() - known.size());
  Collected collected;
  gov::Status status =
      collect(*setup.source, setup.name, setup.licence, call, limits, known, collected);
  if (!status.ok()) return {Taken::kFailed, std::move(status), nullptr};
  return take(lane, std::move(collected), known, all, replacements);
}

// Puts what a source gave beside what the others have in service. `all`: it was asked for every
// document, because their texts are wanted, be they new or not. `replacements` as they were when it
// was asked: what it kept would be of other content else.
Engine::Outcome Engine::take(Lane& lane, Collected collected, const KnownDocuments& known, bool all,
                             std::uint64_t replacements) {
  const SourceSetup& setup = lane.setup;
  const std::lock_guard one_at_a_time(building_);
  std::shared_ptr<const Snapshot> served;
  std::string accepted;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || held_ || replacements != replacements_)
      return {Taken::kOvertaken, gov::cancelled(), nullptr};
    served = current_;
    accepted = lane.accepted;
  }
  // The usual case: nothing new, nothing gone, nothing left out.
  if (collected.documents.empty() && collected.notes.empty() &&
      known.kept() == documents_of(*served, setup.name)) {
    freshness_.count(setup.name, Event::kRevalidated);
    return {};
  }
  Change change;
  change.source = setup.name;
  change.fetched = collected.documents.size();
  if (keep_raw_) change.raw = collected.documents;
  const content::Carried carried{served.get(), [&](std::string_view source, std::string_view key) {
                                   return source != setup.name || known.is_kept(key);
                                 }};
  auto next = Snapshot::build(std::move(collected.documents), rules_, std::move(collected.notes),
                              {}, restricting_, carried);
  freshness_.count(setup.name, Event::kFetched, change.fetched);
  const bool nothing_new = same(*served, *next);
  const bool looked_at =
      !accepted.empty() && next->digest_of_source(setup.name).starts_with(accepted);
  if (!nothing_new && !looked_at)
    if (const std::string why = refusal(setup.gate, setup.name, served.get(), *next); !why.empty())
      return {Taken::kRejected,
              gov::invalid("source " + setup.name + " " + why + "; the content in service stays"),
              std::move(next)};
  freshness_.count(setup.name, nothing_new ? Event::kRevalidated : Event::kChanged);
  // New versions of equal texts are remembered, or they would be fetched for ever.
  serve(std::move(next), std::move(change), !nothing_new || all);
  return {};
}

void Engine::serve(std::shared_ptr<const Snapshot> next, Change change, bool publish) {
  {
    const std::lock_guard lock(mutex_);
    current_ = next;
  }
  if (publish) hooks_.publish(std::move(next), std::move(change));
}

gov::Status Engine::put(std::string_view source, std::vector<content::RawDocument> documents,
                        std::chrono::system_clock::time_point confirmed) {
  Lane* const lane = find(source);
  if (lane == nullptr)
    return gov::not_found("no source of the configuration is called " + std::string(source));
  Collected collected;
  collected.documents = std::move(documents);
  std::uint64_t replacements = 0;
  {
    const std::lock_guard lock(mutex_);
    if (held_) return gov::invalid("the content is held since a rollback; release it first");
    replacements = ++replacements_;
  }
  Outcome outcome = take(*lane, std::move(collected), KnownDocuments(), /*all=*/true, replacements);
  const std::lock_guard lock(mutex_);
  if (outcome.taken == Taken::kOvertaken)
    return gov::unavailable("other content was put into service meanwhile; try again");
  lane->rejected = outcome.rejected;
  if (outcome.taken == Taken::kYes) {
    freshness_.confirm(source, confirmed);
    if (!lane->setup.fixed) freshness_.fail(source);
  }
  return std::move(outcome.status);
}

gov::Status Engine::hold(std::vector<content::RawDocument> documents) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return gov::unavailable("the configuration was replaced; try again");
    held_ = true;
    ++replacements_;
    for (const auto& lane : lanes_) {
      lane->look = true;
      lane->rejected = nullptr;
      if (lane->call) lane->call->cancel();
      if (!lane->setup.fixed) freshness_.fail(lane->setup.name);
    }
  }
  changed_.notify_all();
  const std::lock_guard one_at_a_time(building_);
  Change change;
  change.fetched = documents.size();
  if (keep_raw_) change.raw = documents;
  serve(Snapshot::build(std::move(documents), rules_, {}, {}, restricting_), std::move(change),
        true);
  return {};
}

}  // namespace govhost::sync
