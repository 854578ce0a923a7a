// Makes one segment of several: postings are copied, only passage numbers change.
#include "interner.h"
#include "segment.h"

#include <algorithm>

namespace memory_search {
namespace {

constexpr std::uint32_t kErased = 0xFFFFFFFF;

class Merge {
 public:
  explicit Merge(std::span<const MergeInput> inputs)
      : inputs_(inputs), next_term_(inputs.size()), writer_(out_->postings) {}

  SegmentPtr run() {
    copy_passages();
    copy_facets();
    reserve();
    for (const MergeInput& input : inputs_)
      new_term_.emplace_back(input.segment->terms.size(), kErased);
    while (copy_next_term()) {
    }
    copy_spellings();
    out_->finish(facets_);
    return std::move(out_);
  }

 private:
  void copy_passages() {
    for (const auto& [segment, erased] : inputs_) {
      std::vector<std::uint32_t>& numbers = renumbered_.emplace_back(segment->passages(), kErased);
      for (std::uint32_t p = 0; p < segment->passages(); ++p) {
        if (erased && has_bit(*erased, p)) continue;
        numbers[p] = out_->passages();
        const std::string_view document = segment->document_names[segment->document[p]];
        const Interner::Number number = documents_.add(document);
        if (number.is_new) out_->document_names.add(document);
        out_->add_passage(segment->ids[p], segment->versions[p], number.value, segment->words[p]);
      }
    }
  }

  void copy_facets() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const FacetTable& table = inputs_[i].segment->facets;
      for (std::uint32_t f = 0; f < table.size(); ++f)
        for (const std::uint32_t p : table.passages(f))
          if (renumbered_[i][p] != kErased) add_facet(facets_, table.key(f), renumbered_[i][p]);
    }
  }

  // An upper bound, so that the streams are not copied while they grow.
  void reserve() {
    std::size_t heads = 0, positions = 0;
    for (const MergeInput& input : inputs_) {
      heads += input.segment->postings.heads.size();
      positions += input.segment->postings.positions.size();
    }
    out_->postings.heads.reserve(heads + heads / 16);
    out_->postings.positions.reserve(positions);
  }

  // The least term not yet copied, from all inputs that have it.
  bool copy_next_term() {
    std::string_view least;
    bool any = false;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const StringTable& terms = inputs_[i].segment->terms;
      if (next_term_[i] == terms.size()) continue;
      if (!any || terms[next_term_[i]] < least) least = terms[next_term_[i]];
      any = true;
    }
    if (!any) return false;
    writer_.begin_term();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const StringTable& terms = inputs_[i].segment->terms;
      if (next_term_[i] < terms.size() && terms[next_term_[i]] == least)
        copy_postings(i, next_term_[i]++);
    }
    if (writer_.entry().passages == 0) return true;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (next_term_[i] > 0 && inputs_[i].segment->terms[next_term_[i] - 1] == least)
        new_term_[i][next_term_[i] - 1] = out_->terms.size();
    out_->terms.add(least);
    out_->entries.push_back(writer_.entry());
    return true;
  }

  // Spellings go on as long as their term does.
  void copy_spellings() {
    std::vector<std::uint32_t> next(inputs_.size());
    for (;;) {
      std::string_view least;
      std::uint32_t term = kErased;
      bool any = false;
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const Spellings& from = inputs_[i].segment->spellings;
        if (next[i] == from.size() || (any && from[next[i]] >= least)) continue;
        least = from[next[i]];
        any = true;
      }
      if (!any) return;
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const Spellings& from = inputs_[i].segment->spellings;
        if (next[i] == from.size() || from[next[i]] != least) continue;
        term = std::min(term, new_term_[i][from.term(next[i]++)]);
      }
      if (term != kErased) out_->spellings.add(least, term);
    }
  }

  void copy_postings(std::size_t input, std::uint32_t term) {
    const Segment& segment = *inputs_[input].segment;
    PostingReader reader(segment.postings, segment.entries[term]);
    while (reader.next()) {
      const std::uint32_t number = renumbered_[input][reader.passage()];
      if (number != kErased)
        writer_.add(number, reader.counts(), reader.positions(), reader.position_bytes());
    }
  }

  std::span<const MergeInput> inputs_;
  std::vector<std::vector<std::uint32_t>> renumbered_;  // per input: old number to new
  std::vector<std::uint32_t> next_term_;                // per input
  std::vector<std::vector<std::uint32_t>> new_term_;    // per input: old number to new
  Interner documents_;
  FacetLists facets_;
  std::shared_ptr<Segment> out_ = std::make_shared<Segment>();
  PostingWriter writer_;
};

}  // namespace

SegmentPtr merge(std::span<const MergeInput> inputs) { return Merge(inputs).run(); }

}  // namespace memory_search
