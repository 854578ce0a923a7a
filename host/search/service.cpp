#include "search/service.h"

#include "search/snippet.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace govhost::search {
namespace {

// Passages asked of the backend for one answer: enough that grouping by document does not run dry.
constexpr std::uint32_t kPassageLimit = 2000;
constexpr std::size_t kEntriesPerFramework = 3;
constexpr std::size_t kMaxMatches =
    64;                               // of one passage; finding the best group takes their square
constexpr double kReadingList = 0.4;  // weight of a list of links
constexpr double kOpeningShare = 0.6,
                 kMatchShare = 0.3;       // of the best score, to be shown instead of it
constexpr double kFurtherPassages = 0.1;  // what a document's other passages add to its best one

// The hits of one document, best first.
struct Group {
  std::size_t document = 0;
  double best = 0, others = 0;
  std::vector<std::size_t> hits;
  double score() const { return best + kFurtherPassages * std::min(others, best); }
};

struct Collected {
  const PassageText* passage;
  double score;
  std::vector<gov_range> matches;
};

Found describe(const content::Document& document, const Collected& hit, double score) {
  const PassageText& passage = *hit.passage;
  Found found;
  found.document = &document;
  if (passage.place.section) found.section = &document.sections[*passage.place.section];
  if (passage.place.entry) found.entry = &document.entries[*passage.place.entry];
  found.score = score;
  found.heading = passage.heading.empty() ? document.title : passage.heading;
  // A match in the title or heading alone: the snippet must still show it.
  if (hit.matches.empty()) {
    const std::string text = document.title + ": " + passage.heading + ". " + passage.text;
    found.snippet = make_snippet(text, {});
  } else {
    found.snippet = make_snippet(passage.text, hit.matches);
  }
  return found;
}

bool opens_document(const Place& place) { return !place.entry && place.section.value_or(0) == 0; }

// The passage to show: the document's opening when it holds the match nearly as well as the best,
// because it is written to be read first; else the best one whose text holds a match.
const Collected& shown(const std::vector<Collected>& all, const Group& group) {
  const Collected& best = all[group.hits.front()];
  const Collected* with_match = nullptr;
  for (const std::size_t i : group.hits) {
    const Collected& hit = all[i];
    if (hit.matches.empty()) continue;
    if (opens_document(hit.passage->place) && hit.score >= best.score * kOpeningShare) return hit;
    if (!with_match && hit.score >= best.score * kMatchShare) with_match = &hit;
  }
  return with_match ? *with_match : best;
}

std::vector<Group> group_by_document(const std::vector<Collected>& all) {
  std::vector<Group> groups;
  std::unordered_map<std::size_t, std::size_t> by_document;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t document = all[i].passage->place.document;
    const auto [found, fresh] = by_document.try_emplace(document, groups.size());
    if (fresh)
      groups.push_back({document, all[i].score, 0, {}});
    else
      groups[found->second].others += all[i].score;
    groups[found->second].hits.push_back(i);
  }
  // Equal scores by the snapshot's own order, so that every replica answers alike.
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.score() != b.score() ? a.score() > b.score() : a.document < b.document;
  });
  return groups;
}

// Frameworks answer with entries: at most three each, so that the largest does not drown the rest.
void add_entries(const content::Snapshot& snapshot, const std::vector<Collected>& all,
                 std::size_t limit, Results& results) {
  std::unordered_map<std::size_t, std::size_t> taken;
  for (const Collected& hit : all) {
    const std::size_t document = hit.passage->place.document;
    if (++taken[document] > kEntriesPerFramework) continue;
    ++results.total;
    if (results.hits.size() < limit)
      results.hits.push_back(describe(snapshot.documents()[document], hit, hit.score));
  }
}

}  // namespace

gov::Status Service::index(plugin::CallContext& call,
                           std::shared_ptr<const content::Snapshot> snapshot) {
  auto next = std::make_shared<Index>(Index{snapshot, Passages(*snapshot)});
  std::vector<plugin::Passage> put;
  put.reserve(next->passages.all().size());
  for (const PassageText& p : next->passages.all()) {
    const content::Document& d = snapshot->documents()[p.place.document];
    put.push_back({p.id,
                   d.provenance.sha256,
                   d.title,
                   p.heading,
                   p.text,
                   {{gov::to_c("kind"), gov::to_c(d.kind)},
                    {gov::to_c("source"), gov::to_c(d.provenance.source)}}});
  }
  gov::Status applied = backend_.apply(call, put);
  {
    const std::lock_guard lock(mutex_);
    if (applied.ok()) {
      index_ = std::move(next);
      failure_.clear();
    } else {
      failure_ =
          applied.message().empty() ? std::string(gov::name_of(applied.code())) : applied.message();
    }
  }
  changed_.notify_all();
  return applied;
}

bool Service::ready() const {
  const std::lock_guard lock(mutex_);
  return index_ != nullptr;
}

std::string Service::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool Service::answers_at_once() const { return backend_.never_blocks() && ready(); }

gov::Result<std::shared_ptr<const Service::Index>> Service::wait_for_index(
    plugin::CallContext& call) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, call.deadline(),
                      [&] { return index_ || !failure_.empty() || call.cancelled(); });
  if (index_) return index_;
  return gov::unavailable(failure_.empty() ? "the search index is still being built" : failure_);
}

gov::Result<Results> Service::query(plugin::CallContext& call, const Request& request) {
  const auto index = wait_for_index(call);
  if (!index) return index.status();
  const Passages& passages = (*index)->passages;

  std::vector<gov_pair> facets;
  for (const std::string_view kind : request.kinds)
    facets.push_back({gov::to_c("kind"), gov::to_c(kind)});
  if (!request.source.empty()) facets.push_back({gov::to_c("source"), gov::to_c(request.source)});
  for (const std::string_view source : request.among)
    facets.push_back({gov::to_c("source"), gov::to_c(source)});

  std::vector<Collected> all;
  std::uint64_t total = 0;
  const gov::Status status = backend_.query(
      call, request.text, facets, kPassageLimit,
      [&](const plugin::Hit& hit) {
        // Ids of another snapshot, ranges outside the text and scores that have no order are the
        // backend's mistakes.
        const PassageText* const passage = passages.find(hit.id);
        if (!passage) return gov::Status();
        const double score = std::isfinite(hit.score) ? static_cast<double>(hit.score) : 0;
        Collected collected{passage, score * (passage->reading_list ? kReadingList : 1), {}};
        for (const gov_range& r : hit.matches)
          if (r.begin < r.end && r.end <= passage->text.size() &&
              collected.matches.size() < kMaxMatches)
            collected.matches.push_back(r);
        all.push_back(std::move(collected));
        return gov::Status();
      },
      total);
  if (!status.ok()) return status;
  std::stable_sort(all.begin(), all.end(),
                   [](const Collected& a, const Collected& b) { return a.score > b.score; });

  Results results;
  results.snapshot = (*index)->snapshot;
  const content::Snapshot& snapshot = *results.snapshot;
  if (request.kinds.size() == 1 && request.kinds.front() == content::kFramework) {
    add_entries(snapshot, all, request.limit, results);
    return results;
  }
  const std::vector<Group> groups = group_by_document(all);
  results.total = groups.size();
  for (const Group& group : groups) {
    if (results.hits.size() == request.limit) break;
    results.hits.push_back(
        describe(snapshot.documents()[group.document], shown(all, group), group.score()));
  }
  return results;
}

}  // namespace govhost::search
