#include "state.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace memory_search {
namespace {

constexpr std::uint32_t kNobody = 0xFFFFFFFF;  // the document of a passage that is gone

// Merges the segments' own orders.
void order_by_id(State& state) {
  const auto less = [&](PassageRef a, PassageRef b) { return state.id(a) < state.id(b); };
  for (std::uint32_t part = 0; part < state.parts.size(); ++part) {
    const auto middle = static_cast<std::ptrdiff_t>(state.by_id.size());
    for (const std::uint32_t passage : state.parts[part].segment->by_id)
      if (state.parts[part].holds(passage)) state.by_id.push_back({part, passage});
    std::inplace_merge(state.by_id.begin(), state.by_id.begin() + middle, state.by_id.end(), less);
  }
  for (std::uint32_t place = 0; place < state.by_id.size(); ++place) {
    const PassageRef ref = state.by_id[place];
    state.parts[ref.part].place[ref.passage] = place;
  }
}

// A document may have passages in several segments.
void number_documents(State& state) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (Part& part : state.parts) {
    const StringTable& names = part.segment->document_names;
    std::vector<std::uint32_t> number_of(names.size(), kNobody);
    part.document.assign(part.segment->passages(), kNobody);
    for (std::uint32_t passage = 0; passage < part.document.size(); ++passage) {
      if (!part.holds(passage)) continue;
      const std::uint32_t local = part.segment->document[passage];
      if (number_of[local] == kNobody)
        number_of[local] =
            numbers.try_emplace(names[local], static_cast<std::uint32_t>(numbers.size()))
                .first->second;
      part.document[passage] = number_of[local];
    }
  }
  state.documents = static_cast<std::uint32_t>(numbers.size());
}

template <class Take>
void for_each_run(const State& state, const Take& take) {
  for (std::uint32_t part = 0; part < state.parts.size(); ++part) {
    const std::vector<std::uint32_t>& document = state.parts[part].document;
    for (std::uint32_t first = 0, i = 0; i < document.size(); first = i) {
      while (i < document.size() && document[i] == document[first]) ++i;
      if (document[first] == kNobody) continue;
      take(document[first], PassageRun{part, first, i - first});
    }
  }
}

// Counted first, so that the runs of a document lie side by side in one array.
void find_runs(State& state) {
  state.first_run.assign(std::size_t{state.documents} + 1, 0);
  for_each_run(state,
               [&](std::uint32_t document, const PassageRun&) { ++state.first_run[document + 1]; });
  for (std::size_t i = 1; i < state.first_run.size(); ++i)
    state.first_run[i] += state.first_run[i - 1];
  state.runs.resize(state.first_run.back());
  std::vector<std::uint32_t> next(state.first_run.begin(), state.first_run.end() - 1);
  for_each_run(state, [&](std::uint32_t document, const PassageRun& run) {
    state.runs[next[document]++] = run;
  });
}

}  // namespace

// Per word b over the average, which is of at least one: a field may be empty everywhere.
Norms::Norms(const Totals& words, std::uint64_t passages, const Options& options)
    : weights_{options.title_weight, options.heading_weight, options.attributes_weight,
               options.text_weight},
      base_(1.0f - options.b) {
  for (std::uint32_t f = 0; f < kFields; ++f)
    per_word_[f] = options.b * static_cast<float>(passages) /
                   static_cast<float>(std::max({words[f], passages, std::uint64_t{1}}));
}

StatePtr make_state(std::vector<Living> segments, const Options& options) {
  auto state = std::make_shared<State>();
  std::uint64_t passages = 0;
  Totals total{};
  for (const Living& each : segments) {
    passages += each.passages();
    for (std::uint32_t f = 0; f < kFields; ++f)
      total[f] += each.segment->total_words[f] - (each.erased ? each.erased->words[f] : 0);
  }
  state->by_id.reserve(passages);
  const Norms made(total, passages, options);
  for (Living& each : segments) {
    const Segment& segment = *each.segment;
    std::vector<Norm> norms;
    norms.reserve(segment.passages());
    for (const Counts& words : segment.words) norms.push_back(made.of(words));
    std::vector<std::uint32_t> place(segment.passages());
    state->bytes += segment.bytes();
    if (each.erased)
      state->bytes += each.erased->of_term.size() * sizeof(std::uint32_t) +
                      each.erased->passages.size() * sizeof(std::uint64_t);
    state->parts.push_back({std::move(each), std::move(norms), std::move(place), {}});
  }
  order_by_id(*state);
  number_documents(*state);
  find_runs(*state);
  state->bytes +=
      state->runs.size() * sizeof(PassageRun) + state->first_run.size() * sizeof(std::uint32_t);
  state->bytes += passages * (sizeof(Norm) + 2 * sizeof(std::uint32_t) + sizeof(PassageRef));
  return state;
}

}  // namespace memory_search
