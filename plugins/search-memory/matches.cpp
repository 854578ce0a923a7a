#include "matches.h"

#include <algorithm>

namespace memory_search {
namespace {

struct TermLook {
  PostingReader reader;
  std::uint32_t term_bytes;
  bool more;
};

std::vector<TermLook> open(const Segment& segment, const QueryTerms& query, std::uint32_t part) {
  std::vector<TermLook> looks;
  for (std::size_t t = 0; t < query.terms.size(); ++t) {
    const TermEntry* const entry = query.entries[part * query.terms.size() + t];
    if (!entry) continue;
    looks.push_back({PostingReader(segment.postings, *entry),
                     static_cast<std::uint32_t>(query.terms[t].text.size()), true});
    looks.back().reader.next();
  }
  return looks;
}

// Appends the first occurrences of the term in the passage's text.
void read_ranges(TermLook& look, std::uint32_t passage, std::vector<gov_range>& out) {
  look.more = look.more && look.reader.seek(passage);
  if (!look.more || look.reader.passage() != passage) return;
  PositionReader positions(look.reader.positions(), look.reader.counts(), look.term_bytes);
  for (std::size_t n = 0; n < kMaxMatches && positions.next();) {
    if (!positions.in_text()) continue;
    out.push_back({positions.begin(), positions.end()});
    ++n;
  }
}

}  // namespace

Matches::Matches(const State& state, const QueryTerms& query, std::span<const Ranked> hits)
    : places_(hits.size()) {
  // In the order of the index the lists are read once, forwards.
  struct Stop {
    PassageRef ref;
    std::uint32_t hit;
  };
  std::vector<Stop> stops;
  stops.reserve(hits.size());
  for (std::uint32_t i = 0; i < hits.size(); ++i) stops.push_back({state.by_id[hits[i].place], i});
  std::sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) {
    return a.ref.part != b.ref.part ? a.ref.part < b.ref.part : a.ref.passage < b.ref.passage;
  });
  std::vector<TermLook> looks;
  std::uint32_t part = 0xFFFFFFFF;
  for (const auto& [ref, hit] : stops) {
    if (ref.part != part) {
      part = ref.part;
      looks = open(*state.parts[part].segment, query, part);
    }
    const std::size_t begin = ranges_.size();
    for (TermLook& look : looks) read_ranges(look, ref.passage, ranges_);
    places_[hit] = collect(begin);
  }
}

// Orders the ranges from `begin` on, joins those that overlap (a compound and its parts) and keeps
// the first.
Matches::Place Matches::collect(std::size_t begin) {
  const auto first = ranges_.begin() + static_cast<std::ptrdiff_t>(begin);
  std::sort(first, ranges_.end(),
            [](const gov_range& a, const gov_range& b) { return a.begin < b.begin; });
  std::size_t kept = begin;
  for (std::size_t i = begin; i < ranges_.size(); ++i) {
    if (kept > begin && ranges_[i].begin < ranges_[kept - 1].end)
      ranges_[kept - 1].end = std::max(ranges_[kept - 1].end, ranges_[i].end);
    else
      ranges_[kept++] = ranges_[i];
  }
  ranges_.resize(std::min(kept, begin + kMaxMatches));
  return {begin, ranges_.size() - begin};
}

}  // namespace memory_search
