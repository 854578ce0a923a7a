#include "view.h"

#include <gov/status.hpp>

#include <algorithm>
#include <iterator>

namespace memory_search {

View::View(const State& state, std::span<const gov_pair> facets, const Options& options)
    : state_(state), passages_(state.by_id.size()), documents_(state.documents) {
  std::vector<gov_pair> sources;
  std::copy_if(facets.begin(), facets.end(), std::back_inserter(sources),
               [](const gov_pair& facet) { return gov::to_cpp(facet.name) == "source"; });
  if (sources.empty()) return;
  for (const Part& part : state.parts) {
    Bitmap& seen = seen_.emplace_back();
    part.segment->facets.select(sources, part.segment->passages(), seen);
    if (part.erased) take_out(*part.erased, seen);
  }
  count(options);
}

void View::count(const Options& options) {
  passages_ = documents_ = 0;
  Totals total{};
  Bitmap documents = make_bitmap(state_.documents);
  for (std::size_t p = 0; p < state_.parts.size(); ++p) {
    const Part& part = state_.parts[p];
    for (std::uint32_t i = 0; i < part.segment->passages(); ++i) {
      if (!has_bit(seen_[p], i)) continue;
      ++passages_;
      for (std::uint32_t f = 0; f < kFields; ++f) total[f] += part.segment->words[i][f];
      if (has_bit(documents, part.document[i])) continue;
      set_bit(documents, part.document[i]);
      ++documents_;
    }
  }
  norms_ = Norms(total, passages_, options);
}

std::uint64_t View::passages_with(std::string_view term) const {
  std::uint64_t passages = 0;
  for (std::size_t p = 0; p < state_.parts.size(); ++p) {
    const Segment& segment = *state_.parts[p].segment;
    const auto found = segment.find_term(term);
    if (!found) continue;
    if (whole()) {
      passages += state_.parts[p].passages_with(*found);
      continue;
    }
    PostingReader reader(segment.postings, segment.entries[*found]);
    while (reader.next()) passages += has_bit(seen_[p], reader.passage()) ? 1 : 0;
  }
  return passages;
}

}  // namespace memory_search
