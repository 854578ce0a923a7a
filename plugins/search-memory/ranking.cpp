#include "ranking.h"

#include "top.h"

#include <array>
#include <bit>

namespace memory_search {
namespace {

// Passages are scored in windows, term by term, so that sums stay in the first-level cache and no
// memory grows with the index.
constexpr std::uint32_t kWindow = 2048;
constexpr std::uint32_t kCancelInterval = 4096;  // postings between two looks at the call

struct Window {
  std::array<float, kWindow> score;
  std::array<std::uint8_t, kWindow> matched;  // how many terms
  std::array<std::uint64_t, kWindow / 64> touched;
};

// One query term in one part.
struct TermScan {
  PostingReader scan;  // sums scores
  PostingReader look;  // follows behind, for positions
  bool more = true, can_look = true;
  float idf;
  std::uint32_t term, term_bytes;
};

// Whether a word of `a` stands `distance` words before one of `b`.
bool stand_together(PositionReader a, PositionReader b, std::uint32_t distance) {
  if (!a.next() || !b.next()) return false;
  for (;;) {
    const std::uint32_t wanted = a.word() + distance;
    if (wanted == b.word()) return true;
    if (wanted < b.word() ? !a.next() : !b.next()) return false;
  }
}

class Ranker {
 public:
  Ranker(const State& state, const QueryTerms& query, std::size_t limit, float k1,
         float phrase_bonus, const gov::Call& call)
      : state_(state),
        query_(query),
        call_(call),
        k1_(k1),
        phrase_bonus_(phrase_bonus),
        top_(limit) {
    // Coordination: the square of the share of known terms that a passage holds.
    for (std::uint32_t m = 0; m <= query.known; ++m) {
      const float share = static_cast<float>(m) / static_cast<float>(query.known);
      coordination_[m] = share * share;
    }
  }

  gov::Result<Ranking> run(std::span<const gov_pair> facets) {
    for (std::uint32_t part = 0; part < state_.parts.size(); ++part) {
      if (call_.cancelled()) return gov::cancelled();
      if (!open(part, facets)) continue;
      for (;;) {
        std::uint32_t begin = kNowhere;
        for (const TermScan& term : scans_)
          if (term.more) begin = std::min(begin, term.scan.passage() / kWindow * kWindow);
        if (begin == kNowhere) break;
        if (!score_window(begin)) return gov::cancelled();
        harvest(begin);
      }
    }
    return Ranking{top_.take_sorted(), total_};
  }

 private:
  static constexpr std::uint32_t kNowhere = 0xFFFFFFFF;

  // False when no passage of the part can match.
  bool open(std::uint32_t part, std::span<const gov_pair> facets) {
    part_ = part;
    const Segment& segment = *state_.parts[part].segment;
    scans_.clear();
    scan_of_term_.assign(query_.terms.size(), kNowhere);
    for (std::uint32_t t = 0; t < query_.terms.size(); ++t) {
      const TermEntry* const entry = query_.entries[part * query_.terms.size() + t];
      if (!entry) continue;
      const PostingReader reader(segment.postings, *entry);
      scan_of_term_[t] = static_cast<std::uint32_t>(scans_.size());
      scans_.push_back({reader, reader, true, true, query_.terms[t].idf, t,
                        static_cast<std::uint32_t>(query_.terms[t].text.size())});
      scans_.back().scan.next();
      scans_.back().look.next();
    }
    if (scans_.empty()) return false;
    filtered_ = segment.facets.select(facets, segment.passages(), filter_);
    return true;
  }

  // False when the call was cancelled.
  bool score_window(std::uint32_t begin) {
    window_.score.fill(0);
    window_.matched.fill(0);
    window_.touched.fill(0);
    for (TermScan& term : scans_) {
      if (!term.more || term.scan.passage() >= begin + kWindow) continue;
      unchecked_ += add_term(term, begin);
      if (unchecked_ < kCancelInterval) continue;
      unchecked_ = 0;
      if (call_.cancelled()) return false;
    }
    return true;
  }

  // Adds what one term is worth to the passages of the window; returns the postings read.
  std::uint32_t add_term(TermScan& term, std::uint32_t begin) {
    const std::vector<Norm>& norms = state_.parts[part_].norms;
    PostingReader reader = term.scan;  // a local copy lives in registers
    std::uint32_t read = 0;
    do {
      const std::uint32_t passage = reader.passage();
      const std::uint32_t i = passage - begin;
      if (i >= kWindow) {
        term.scan = reader;
        return read;
      }
      const Norm& norm = norms[passage];
      float weight = static_cast<float>(reader.counts()[kText]) * norm[kText];
      weight += static_cast<float>(reader.counts()[kHeading]) * norm[kHeading];
      weight += static_cast<float>(reader.counts()[kTitle]) * norm[kTitle];
      window_.score[i] += term.idf * weight / (k1_ + weight);
      ++window_.matched[i];
      window_.touched[i / 64] |= std::uint64_t{1} << i % 64;
      ++read;
    } while (reader.next());
    term.more = false;
    return read;
  }

  void harvest(std::uint32_t begin) {
    for (std::uint32_t word = 0; word < window_.touched.size(); ++word) {
      std::uint64_t bits = window_.touched[word];
      if (filtered_ && bits != 0) bits &= filter_[begin / 64 + word];
      for (; bits != 0; bits &= bits - 1, ++total_)
        consider(begin, word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
    }
  }

  void consider(std::uint32_t begin, std::uint32_t i) {
    float score = window_.score[i] * coordination_[window_.matched[i]];
    if (window_.matched[i] > 1 && !query_.pairs.empty()) score = with_bonus(score, begin + i);
    if (score < top_.threshold()) return;
    top_.offer({score, state_.parts[part_].place[begin + i]});
  }

  // The score raised by the share of the query's pairs that stand together in the passage;
  // something below the threshold as soon as the pairs left to look at cannot lift it into the
  // best.
  float with_bonus(float score, std::uint32_t passage) {
    const auto all = static_cast<std::uint32_t>(query_.pairs.size());
    const auto raised = [&](std::uint32_t pairs) {
      return score * (1.0f + phrase_bonus_ * static_cast<float>(pairs) / static_cast<float>(all));
    };
    std::uint32_t together = 0;
    for (std::uint32_t i = 0; i < all; ++i) {
      if (raised(together + all - i) < top_.threshold()) break;
      if (stands_in(query_.pairs[i], passage)) ++together;
    }
    return raised(together);
  }
  bool stands_in(const TermPair& pair, std::uint32_t passage) {
    const std::uint32_t first = scan_of_term_[pair.first], second = scan_of_term_[pair.second];
    return first != kNowhere && second != kNowhere && holds(scans_[first], passage) &&
           holds(scans_[second], passage) &&
           stand_together(positions(scans_[first]), positions(scans_[second]), pair.distance);
  }
  static bool holds(TermScan& term, std::uint32_t passage) {
    term.can_look = term.can_look && term.look.seek(passage);
    return term.can_look && term.look.passage() == passage;
  }
  static PositionReader positions(const TermScan& term) {
    return {term.look.positions(), term.look.counts(), term.term_bytes};
  }

  const State& state_;
  const QueryTerms& query_;
  const gov::Call& call_;
  const float k1_, phrase_bonus_;
  Top top_;
  std::array<float, kMaxQueryTerms + 1> coordination_;
  std::vector<TermScan> scans_;
  std::vector<std::uint32_t> scan_of_term_;
  Bitmap filter_;
  bool filtered_ = false;
  std::uint32_t part_ = 0, unchecked_ = 0;
  std::uint64_t total_ = 0;
  Window window_;
};

}  // namespace

gov::Result<Ranking> rank(const State& state, const QueryTerms& query,
                          std::span<const gov_pair> facets, std::size_t limit, float k1,
                          float phrase_bonus, const gov::Call& call) {
  if (query.known == 0) return Ranking{};
  return Ranker(state, query, limit, k1, phrase_bonus, call).run(facets);
}

}  // namespace memory_search
