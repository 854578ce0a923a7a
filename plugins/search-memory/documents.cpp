#include "documents.h"

#include "window.h"

#include <algorithm>

namespace memory_search {
namespace {

// Passages of one document that follow each other in a part.
struct Stretch {
  PassageRun run;
  std::uint32_t document;  // index in what was asked for
  std::uint32_t base;      // of its first passage in the sums
};

class Documents {
 public:
  Documents(const View& view, const QueryTerms& query, std::span<const std::uint32_t> documents,
            const Options& options)
      : view_(view),
        state_(view.state()),
        query_(query),
        options_(options),
        found_(documents.size()) {
    std::uint32_t passages = 0;
    for (std::uint32_t i = 0; i < documents.size(); ++i) {
      for (const PassageRun& run : state_.runs_of(documents[i])) {
        stretches_.push_back({run, i, passages});
        passages += run.count;
        found_[i].passages += run.count;
      }
    }
    std::sort(stretches_.begin(), stretches_.end(), [](const Stretch& a, const Stretch& b) {
      return a.run.part != b.run.part ? a.run.part < b.run.part : a.run.first < b.run.first;
    });
    sums_.resize(passages);
  }

  std::vector<float> run() {
    for (const TermGroup& group : query_.groups) {
      for (std::uint32_t t = group.first; t < group.first + group.count; ++t) read(t);
      end_group(group);
    }
    const Coordination coordination(options_.coordination);
    const float average =
        static_cast<float>(view_.passages()) / static_cast<float>(view_.documents());
    std::vector<float> values;
    values.reserve(found_.size());
    for (const Found& found : found_) {
      const float length = static_cast<float>(found.passages) / average;
      values.push_back(found.score * coordination(found.held / query_.value) /
                       (1 - kLength + kLength * length));
    }
    return values;
  }

 private:
  // What one passage holds of the meaning that is looked at.
  struct Sum {
    float best = 0, sum = 0, weight = 0;
  };
  struct Found {
    std::uint32_t passages = 0;
    float score = 0, held = 0;
    float best = 0, weight = 0;  // of the meaning that is looked at
  };
  // How much long documents are held back: they touch on more. Of 0.2, 0.5, 0.7 and 1, this one
  // found most (tests/search).
  static constexpr float kLength = 0.7f;

  void read(std::uint32_t term) {
    const QueryTerm& about = query_.terms[term];
    std::uint32_t part = ~0u;
    PostingReader reader;
    bool more = false;
    for (const Stretch& stretch : stretches_) {
      if (stretch.run.part != part) {
        part = stretch.run.part;
        const TermEntry* const entry = query_.entries[part * query_.terms.size() + term];
        more = entry != nullptr;
        if (more) {
          reader = PostingReader(state_.parts[part].segment->postings, *entry);
          more = reader.next();
        }
      }
      more = more && reader.seek(stretch.run.first);
      for (; more && reader.passage() < stretch.run.first + stretch.run.count;
           more = reader.next()) {
        const float score =
            about.idf * about.weight *
            saturated(reader.counts(), view_.norm({part, reader.passage()}), options_.k1);
        add(stretch, reader.passage(), score, about.weight);
      }
    }
  }

  void add(const Stretch& stretch, std::uint32_t passage, float score, float weight) {
    const std::uint32_t i = stretch.base + passage - stretch.run.first;
    Sum& sum = sums_[i];
    if (sum.sum == 0) touched_.push_back({i, stretch.document});
    sum.sum += score;
    if (score <= sum.best) return;
    sum.best = score;
    sum.weight = weight;
  }

  void end_group(const TermGroup& group) {
    for (const auto& [i, document] : touched_) {
      Sum& sum = sums_[i];
      Found& found = found_[document];
      found.best = std::max(found.best, sum.best + options_.spread * (sum.sum - sum.best));
      found.weight = std::max(found.weight, sum.weight);
      sum = {};
    }
    for (const auto& [i, document] : touched_) {
      Found& found = found_[document];
      found.score += found.best;
      found.held += group.value * found.weight;
      found.best = found.weight = 0;
    }
    touched_.clear();
  }

  struct Touched {
    std::uint32_t i, document;
  };

  const View& view_;
  const State& state_;
  const QueryTerms& query_;
  const Options& options_;
  std::vector<Found> found_;
  std::vector<Stretch> stretches_;
  std::vector<Sum> sums_;  // by passage of the documents; all 0 between meanings
  std::vector<Touched> touched_;
};

}  // namespace

std::vector<float> whole_documents(const View& view, const QueryTerms& query,
                                   std::span<const std::uint32_t> documents,
                                   const Options& options) {
  return Documents(view, query, documents, options).run();
}

void add_whole_documents(const View& view, const QueryTerms& query, const Options& options,
                         std::vector<Ranked>& best) {
  const State& state = view.state();
  const auto document_of = [&](const Ranked& hit) {
    const PassageRef ref = state.by_id[hit.place];
    return state.parts[ref.part].document[ref.passage];
  };
  std::vector<std::uint32_t> documents;
  documents.reserve(best.size());
  for (const Ranked& hit : best) documents.push_back(document_of(hit));
  std::sort(documents.begin(), documents.end());
  documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
  const std::vector<float> values = whole_documents(view, query, documents, options);
  for (Ranked& hit : best) {
    const auto at = std::lower_bound(documents.begin(), documents.end(), document_of(hit));
    hit.score += options.document_weight * values[static_cast<std::size_t>(at - documents.begin())];
  }
  std::sort(best.begin(), best.end(), [](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : a.place < b.place;
  });
}

}  // namespace memory_search
