#include "search/service.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace govhost::search {
namespace {

// Passages asked of the backend for one answer: of each document the best few, of more documents
// than are wanted, because what further passages add may change their order. More of either change
// no answer to the queries of tests/search, fewer do.
constexpr std::uint32_t kPassagesPerDocument = 3;
constexpr std::size_t kDocumentsAsked = 10;  // beside those wanted
constexpr std::size_t kEntriesPerFramework = 3;
// Entries asked for: one framework may hold hundreds that match, and every other one has its turn.
constexpr std::uint32_t kEntriesAsked = 1000;
constexpr std::size_t kMaxMatches = 64;  // of one passage; the best group takes their square
constexpr double kReadingList = 0.4;     // weight of a list of links

// Whether the hits are entries of frameworks, which are passages of one document.
bool of_entries(const Request& request) {
  return request.kinds.size() == 1 && request.kinds.front() == content::kFramework;
}

// Ranges outside the text and scores that have no order are the backend's mistakes.
Collected read(const plugin::Hit& hit, const FoundPassage& found) {
  const PassageText& passage = *found.text;
  const double score = std::isfinite(hit.score) ? static_cast<double>(hit.score) : 0;
  Collected out{
      &passage, found.document, score * (passage.reading_list ? kReadingList : 1), {}, {}};
  for (const gov_range& r : hit.matches)
    if (r.begin < r.end && r.end <= passage.text.size() && out.matches.size() < kMaxMatches)
      out.matches.push_back(r);
  for (const gov_score_part& part : hit.parts)
    out.parts.emplace_back(gov::to_cpp(part.what), part.value);
  if (passage.reading_list && !hit.parts.empty())
    out.parts.emplace_back("factor: a list of links", kReadingList);
  return out;
}

}  // namespace

gov::Status Service::index(plugin::CallContext& call,
                           std::shared_ptr<const content::Snapshot> snapshot,
                           const Progress& progress) {
  if (vocabulary_.valid()) vocabulary_.wait();
  std::shared_ptr<const Index> last;
  {
    const std::lock_guard lock(mutex_);
    last = index_;
  }
  Passages passages =
      last ? Passages(*snapshot, *last->snapshot, last->passages) : Passages(*snapshot);
  auto next = std::make_shared<Index>(Index{std::move(snapshot), std::move(passages)});
  const Index* const held = std::exchange(in_step_, false) ? last.get() : nullptr;
  const gov::Result<Fed> fed = feed(backend_, call, *next, held, progress);
  gov::Status applied = fed ? gov::Status() : fed.status();
  in_step_ = applied.ok();
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

bool Service::is_of(const content::Snapshot& snapshot) const {
  const std::lock_guard lock(mutex_);
  return index_ && index_->snapshot.get() == &snapshot;
}

std::string Service::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool Service::answers_at_once() const { return backend_.never_blocks() && ready(); }

gov::Result<std::shared_ptr<const Index>> Service::wait_for_index(plugin::CallContext& call) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, call.deadline(),
                      [&] { return index_ || !failure_.empty() || call.cancelled(); });
  if (index_) return index_;
  return gov::unavailable(failure_.empty() ? "the search index is still being built" : failure_);
}

gov::Status Service::ask(plugin::CallContext& call, const Request& request,
                         const Passages& passages, std::vector<Collected>& all, Total& total) {
  std::vector<gov_pair> facets;
  const auto facet = [&](const char* name, std::string_view value) {
    if (!value.empty()) facets.push_back({gov::to_c(name), gov::to_c(value)});
  };
  for (const std::string_view kind : request.kinds) facet("kind", kind);
  for (const std::string& source : request.sources) facet("source", source);
  facet("type", request.type);
  facet("framework", request.framework);
  std::vector<gov_alternative> alternatives;
  if (vocabulary_.valid()) alternatives = vocabulary_.get()->alternatives(request.text);
  plugin::SearchQuery query{request.text,         facets,         alternatives, 0,
                            kPassagesPerDocument, request.explain};
  query.limit =
      static_cast<std::uint32_t>((request.limit + kDocumentsAsked) * kPassagesPerDocument);
  if (of_entries(request)) {
    // An entry stands for itself: what else its framework says must not lift it.
    query.per_document = 0;
    query.limit = std::max(query.limit, kEntriesAsked);
  }

  std::size_t got = 0;
  const auto on_hit = [&](const plugin::Hit& hit) {
    ++got;
    if (const FoundPassage passage = passages.find(hit.id)) all.push_back(read(hit, passage));
    return gov::Status();
  };
  gov::Status status = backend_.query(call, query, on_hit, total.count);
  total.complete = got < query.limit;
  std::stable_sort(all.begin(), all.end(),
                   [](const Collected& a, const Collected& b) { return a.score > b.score; });
  return status;
}

gov::Result<Results> Service::query(plugin::CallContext& call, const Request& request) {
  const auto index = wait_for_index(call);
  if (!index) return index.status();
  std::vector<Collected> all;
  Total total;
  if (gov::Status s = ask(call, request, (*index)->passages, all, total); !s.ok()) return s;

  Results results;
  results.snapshot = (*index)->snapshot;
  if (of_entries(request)) {
    const std::size_t of_each =
        request.framework.empty() ? kEntriesPerFramework : std::numeric_limits<std::size_t>::max();
    add_entries(all, request.limit, of_each, results);
    return results;
  }
  add_documents(all, request.limit, results);
  if (!total.complete) results.total = std::max<std::size_t>(results.total, total.count);
  return results;
}

}  // namespace govhost::search
