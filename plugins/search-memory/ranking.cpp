#include "ranking.h"

#include "documents.h"
#include "proximity.h"
#include "top.h"
#include "window.h"

#include <algorithm>
#include <bit>

namespace memory_search {
namespace {

constexpr std::uint32_t kCancelInterval = 4096;  // postings between two looks at the call
constexpr std::uint32_t kNowhere = 0xFFFFFFFF;

// One query term in one part.
struct TermScan {
  PostingReader scan;
  bool more = false;
  float idf = 0, weight = 0;
};

class Ranker {
 public:
  Ranker(const View& view, const QueryTerms& query, const Wanted& wanted, const Options& options,
         const gov::Call& call)
      : view_(view),
        state_(view.state()),
        query_(query),
        wanted_(wanted),
        options_(options),
        call_(call),
        coordination_(options.coordination),
        proximity_(query, options.phrase_bonus),
        top_(wanted.limit),
        run_(wanted.per_document),
        seen_(wanted.per_document == 0 ? Bitmap() : make_bitmap(state_.documents)) {}

  gov::Result<Ranking> run() {
    for (std::uint32_t part = 0; part < state_.parts.size(); ++part) {
      if (call_.cancelled()) return gov::cancelled();
      if (!open(part)) continue;
      for (;;) {
        std::uint32_t begin = kNowhere;
        for (const TermScan& term : scans_)
          if (term.more) begin = std::min(begin, term.scan.passage() / kWindow * kWindow);
        if (begin == kNowhere) break;
        if (!score_window(begin)) return gov::cancelled();
        harvest(begin);
      }
      end_run();
    }
    Ranking ranking{bounded(top_.take_sorted()), total_};
    if (wanted_.whole_documents(options_))
      add_whole_documents(view_, query_, options_, ranking.best);
    return ranking;
  }

 private:
  // False when no passage of the part can match.
  bool open(std::uint32_t part) {
    part_ = part;
    const Segment& segment = *state_.parts[part].segment;
    scans_.assign(query_.terms.size(), {});
    bool any = false;
    for (std::uint32_t t = 0; t < query_.terms.size(); ++t) {
      const TermEntry* const entry = query_.entries[part * query_.terms.size() + t];
      if (!entry) continue;
      const QueryTerm& term = query_.terms[t];
      scans_[t] = {PostingReader(segment.postings, *entry), true, term.idf * term.weight,
                   term.weight};
      scans_[t].scan.next();
      any = true;
    }
    if (!any) return false;
    proximity_.open(segment, part);
    filtered_ = segment.facets.select(wanted_.facets, segment.passages(), filter_);
    if (const ErasedPtr& erased = state_.parts[part].erased) {
      if (!filtered_) filter_.assign(erased->passages.size(), ~std::uint64_t{0});
      filtered_ = true;
      take_out(*erased, filter_);
    }
    return true;
  }

  // False when the call was cancelled.
  bool score_window(std::uint32_t begin) {
    window_.clear();
    for (const TermGroup& group : query_.groups) {
      const auto terms = std::span(scans_).subspan(group.first, group.count);
      if (std::none_of(terms.begin(), terms.end(), [&](const TermScan& term) {
            return term.more && term.scan.passage() < begin + kWindow;
          }))
        continue;
      if (group.count == 1) {
        const float value = group.value * terms[0].weight;
        unchecked_ += read(terms[0], begin, [&](std::uint32_t i, float score) {
          window_.add_alone(i, score, value);
        });
      } else {
        window_.begin_group();
        for (TermScan& term : terms)
          if (term.more)
            unchecked_ += read(term, begin, [&](std::uint32_t i, float score) {
              window_.add_in_group(i, score, term.weight);
            });
        window_.end_group(group.value, options_.spread);
      }
      if (unchecked_ < kCancelInterval) continue;
      unchecked_ = 0;
      if (call_.cancelled()) return false;
    }
    return true;
  }

  // Hands on what one term is worth to the passages of the window; returns the postings read.
  template <class Add>
  std::uint32_t read(TermScan& term, std::uint32_t begin, const Add& add) {
    if (!view_.whole())
      return read(term, begin, add, [&](std::uint32_t p) { return view_.norm({part_, p}); });
    const std::vector<Norm>& norms = state_.parts[part_].norms;
    return read(term, begin, add, [&](std::uint32_t p) -> const Norm& { return norms[p]; });
  }
  template <class Add, class NormOf>
  std::uint32_t read(TermScan& term, std::uint32_t begin, const Add& add, const NormOf& norm_of) {
    PostingReader reader = term.scan;  // a local copy lives in registers
    const float idf = term.idf, k1 = options_.k1;
    std::uint32_t read = 0;
    do {
      const std::uint32_t i = reader.passage() - begin;
      if (i >= kWindow) {
        term.scan = reader;
        return read;
      }
      add(i, idf * saturated(reader.counts(), norm_of(reader.passage()), k1));
      ++read;
    } while (reader.next());
    term.more = false;
    return read;
  }

  void harvest(std::uint32_t begin) {
    for (std::uint32_t word = 0; word < window_.touched().size(); ++word) {
      std::uint64_t bits = window_.touched()[word];
      if (filtered_ && bits != 0) bits &= filter_[begin / 64 + word];
      for (; bits != 0; bits &= bits - 1)
        consider(begin, word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
    }
  }

  void consider(std::uint32_t begin, std::uint32_t i) {
    const std::uint32_t passage = begin + i;
    if (wanted_.per_document == 0) {
      ++total_;
    } else {
      const std::uint32_t document = state_.parts[part_].document[passage];
      if (document != document_) begin_run(document);
    }
    const float share = window_.held(i) / query_.value;
    float score = window_.score(i) * coordination_(share);
    if (score * proximity_.most() < top_.threshold()) return;
    score *= proximity_.factor(passage, top_.threshold() / score);
    if (score < top_.threshold()) return;
    const Ranked found{score, state_.parts[part_].place[passage]};
    if (wanted_.per_document == 0)
      top_.offer(found);
    else
      run_.offer(found);
  }

  // The passages of one document follow each other within a part.
  void begin_run(std::uint32_t document) {
    end_run();
    document_ = document;
    if (has_bit(seen_, document)) return;
    set_bit(seen_, document);
    ++total_;
  }
  void end_run() {
    run_.drain([&](const Ranked& found) { top_.offer(found); });
    document_ = kNowhere;
  }

  // A document with passages in several parts may have got in too often.
  std::vector<Ranked> bounded(std::vector<Ranked> best) const {
    if (wanted_.per_document == 0 || state_.parts.size() == 1) return best;
    std::vector<std::pair<std::uint32_t, std::size_t>> counts;  // few: no map
    std::erase_if(best, [&](const Ranked& hit) {
      const PassageRef ref = state_.by_id[hit.place];
      const std::uint32_t document = state_.parts[ref.part].document[ref.passage];
      auto found = std::find_if(counts.begin(), counts.end(),
                                [&](const auto& c) { return c.first == document; });
      if (found == counts.end()) found = counts.insert(counts.end(), {document, 0});
      return ++found->second > wanted_.per_document;
    });
    return best;
  }

  const View& view_;
  const State& state_;
  const QueryTerms& query_;
  const Wanted& wanted_;
  const Options& options_;
  const gov::Call& call_;
  const Coordination coordination_;
  Proximity proximity_;
  Top top_;
  Run run_;
  Bitmap seen_;
  std::vector<TermScan> scans_;
  Bitmap filter_;
  bool filtered_ = false;
  std::uint32_t part_ = 0, unchecked_ = 0, document_ = kNowhere;
  std::uint64_t total_ = 0;
  Window window_;
};

}  // namespace

gov::Result<Ranking> rank(const View& view, const QueryTerms& query, const Wanted& wanted,
                          const Options& options, const gov::Call& call) {
  if (query.terms.empty()) return Ranking{};
  return Ranker(view, query, wanted, options, call).run();
}

}  // namespace memory_search
