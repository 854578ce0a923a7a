#include "search/answer.h"

#include <algorithm>
#include <unordered_map>

namespace govhost::search {
namespace {

constexpr double kOpeningShare = 0.6,
                 kMatchShare = 0.3;  // of the best score, to be shown instead of it
// What a document's second best passage and the further ones add to its best one.
constexpr double kFurtherPassages = 0.25;

// The hits of one document, best first.
struct Group {
  std::size_t document = 0;
  double score = 0, share = 1;
  std::vector<std::size_t> hits;
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
    found.snippet = make_snippet(text, {}).text;
  } else {
    Snippet snippet = make_snippet(passage.text, hit.matches);
    found.snippet = std::move(snippet.text);
    found.highlights = std::move(snippet.marks);
  }
  found.parts = hit.parts;
  if (!found.parts.empty() && score != hit.score)
    found.parts.emplace_back("further passages of the document", score - hit.score);
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
    const std::size_t document = all[i].document;
    const auto [found, fresh] = by_document.try_emplace(document, groups.size());
    if (fresh) groups.push_back({document, 0, 1, {}});
    Group& group = groups[found->second];
    group.score += group.share * all[i].score;
    group.share *= kFurtherPassages;
    group.hits.push_back(i);
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.score != b.score ? a.score > b.score : a.document < b.document;
  });
  return groups;
}

}  // namespace

void add_documents(const std::vector<Collected>& all, std::size_t limit, Results& results) {
  const content::Snapshot& snapshot = *results.snapshot;
  const std::vector<Group> groups = group_by_document(all);
  results.total = groups.size();
  for (const Group& group : groups) {
    if (results.hits.size() == limit) break;
    results.hits.push_back(
        describe(snapshot.documents()[group.document], shown(all, group), group.score));
  }
}

void add_entries(const std::vector<Collected>& all, std::size_t limit, std::size_t of_each,
                 Results& results) {
  const content::Snapshot& snapshot = *results.snapshot;
  std::unordered_map<std::size_t, std::size_t> taken;
  for (const Collected& hit : all) {
    const std::size_t document = hit.document;
    if (++taken[document] > of_each) continue;
    ++results.total;
    if (results.hits.size() < limit)
      results.hits.push_back(describe(snapshot.documents()[document], hit, hit.score));
  }
}

}  // namespace govhost::search
