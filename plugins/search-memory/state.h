// What a query sees: the segments with all that depends on the whole collection.
#pragma once

#include "erased.h"
#include "options.h"
#include "segment.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace memory_search {

// Per passage and field: what one occurrence weighs, that is the field's weight over BM25F's length
// correction, 1 - b + b * words / average words.
using Norm = std::array<float, kFields>;
using Totals = std::array<std::uint64_t, kFields>;

// Makes norms, by the average lengths of the passages that one looks at.
class Norms {
 public:
  Norms() = default;
  Norms(const Totals& words, std::uint64_t passages, const Options& options);

  Norm of(const Counts& words) const {
    Norm norm;
    for (std::uint32_t f = 0; f < kFields; ++f)
      norm[f] = weights_[f] / (base_ + per_word_[f] * static_cast<float>(words[f]));
    return norm;
  }

 private:
  Norm weights_{}, per_word_{};
  float base_ = 1;
};

// A segment without those of its passages that are gone.
struct Living {
  SegmentPtr segment;
  ErasedPtr erased;  // null: none

  std::uint32_t passages() const { return segment->passages() - (erased ? erased->count : 0); }
  bool holds(std::uint32_t passage) const { return !erased || !has_bit(erased->passages, passage); }
  std::uint32_t passages_with(std::uint32_t term) const {
    return segment->entries[term].passages - (erased ? erased->of_term[term] : 0);
  }
};

struct Part : Living {
  // By passage number.
  std::vector<Norm> norms;
  std::vector<std::uint32_t> place;     // in State::by_id
  std::vector<std::uint32_t> document;  // one number for all passages of a document
};

struct PassageRef {
  std::uint32_t part, passage;
};

// Passages of one document that follow each other within a part.
struct PassageRun {
  std::uint32_t part, first, count;
};

// One state of the index. Immutable.
struct State {
  std::vector<Part> parts;
  std::vector<PassageRef> by_id;  // all passages, ascending by id
  std::uint32_t documents = 0;
  std::vector<PassageRun> runs;          // by document
  std::vector<std::uint32_t> first_run;  // by document, and one behind the last
  std::size_t bytes = 0;

  std::string_view id(PassageRef ref) const { return parts[ref.part].segment->ids[ref.passage]; }
  std::span<const PassageRun> runs_of(std::uint32_t document) const {
    return std::span(runs).subspan(first_run[document],
                                   first_run[document + 1] - first_run[document]);
  }
};
using StatePtr = std::shared_ptr<const State>;

StatePtr make_state(std::vector<Living> segments, const Options& options);

}  // namespace memory_search
