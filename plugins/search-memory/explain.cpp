#include "explain.h"

#include "documents.h"
#include "proximity.h"
#include "window.h"

#include <algorithm>
#include <memory>

namespace memory_search {

Explanation explain(const View& view, const QueryTerms& query, const Ranked& hit,
                    bool whole_document, const Options& options) {
  const State& state = view.state();
  const PassageRef ref = state.by_id[hit.place];
  const Part& part = state.parts[ref.part];
  // The same sums as in ranking, of a window with one passage.
  const auto window = std::make_unique<Window>();
  window->clear();
  Explanation out;
  for (const TermGroup& group : query.groups) {
    const float before = window->score(0);
    std::string words;
    window->begin_group();
    for (std::uint32_t t = group.first; t < group.first + group.count; ++t) {
      const TermEntry* const entry = query.entries[ref.part * query.terms.size() + t];
      if (!entry) continue;
      PostingReader reader(part.segment->postings, *entry);
      if (!reader.next() || !reader.seek(ref.passage) || reader.passage() != ref.passage) continue;
      const QueryTerm& term = query.terms[t];
      const float score =
          term.idf * term.weight * saturated(reader.counts(), view.norm(ref), options.k1);
      window->add_in_group(0, score, term.weight);
      words += (words.empty() ? "" : ", ") + term.text;
    }
    window->end_group(group.value, options.spread);
    if (!words.empty()) out.add("words: " + words, window->score(0) - before);
  }
  out.add("factor: share of the query",
          Coordination(options.coordination)(window->held(0) / query.value));
  Proximity proximity(query, options.phrase_bonus);
  proximity.open(*part.segment, ref.part);
  out.add("factor: words that stand together", proximity.factor(ref.passage, 0));
  if (whole_document) {
    const std::uint32_t document = part.document[ref.passage];
    const std::vector<float> worth = whole_documents(view, query, {&document, 1}, options);
    out.add("the whole document", options.document_weight * worth.front());
  }
  return out;
}

}  // namespace memory_search
