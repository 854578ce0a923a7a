#include "index.h"

#include "batch.h"
#include "segment_builder.h"
#include "state.h"

#include <algorithm>
#include <utility>

namespace memory_search {
namespace {

// A builder needs about three times its text; segments of this size bound what a batch needs.
constexpr std::size_t kBuilderText = std::size_t{8} << 20;
// Larger segments are not merged further: rewriting one stays a matter of a fraction of a second,
// and the offsets in it fit 32 bits.
constexpr std::size_t kMergedBytes = std::size_t{128} << 20;
// Below this, merging costs less than every query pays for one more segment.
constexpr std::size_t kSmallBytes = std::size_t{256} << 10;

// Smaller segments are rewritten at once: that costs less than marks would in every query.
constexpr std::size_t kMarkedBytes = std::size_t{1} << 20;
// The share of a segment's passages, 1 of so many, from which on it is rewritten.
constexpr std::uint32_t kWorthRewriting = 8;

MergeInput input_of(const Living& living) {
  return {living.segment.get(), living.erased ? &living.erased->passages : nullptr};
}

// Takes out what the batch replaces or erases.
gov::Status drop_changed(const gov::Call& call, const std::vector<const gov_index_op*>& ops,
                         std::vector<Living>& segments) {
  for (Living& living : segments) {
    if (call.cancelled()) return gov::cancelled();
    std::vector<std::uint32_t> gone;
    for (const gov_index_op* const op : ops)
      if (const auto passage = living.segment->find_passage(gov::to_cpp(op->id));
          passage && living.holds(*passage))
        gone.push_back(*passage);
    if (gone.empty()) continue;
    if (gone.size() == living.passages()) {
      living = {};
      continue;
    }
    std::sort(gone.begin(), gone.end());
    const std::size_t left = living.passages() - gone.size();
    const std::uint32_t whole = living.segment->passages();
    if (living.segment->bytes() >= kMarkedBytes && left >= whole - whole / kWorthRewriting) {
      living.erased = erase(*living.segment, living.erased, gone);
      continue;
    }
    Bitmap erased = living.erased ? living.erased->passages : make_bitmap(whole);
    for (const std::uint32_t passage : gone) set_bit(erased, passage);
    const MergeInput input{living.segment.get(), &erased};
    living = {merge({&input, 1}), nullptr};
  }
  std::erase_if(segments, [](const Living& living) { return !living.segment; });
  return {};
}

gov::Status add_new(const gov::Call& call, const std::vector<const gov_index_op*>& ops,
                    std::vector<Living>& segments) {
  std::optional<SegmentBuilder> builder;
  for (const gov_index_op* const op : ops) {
    if (op->erase) continue;
    if (call.cancelled()) return gov::cancelled();
    if (!builder) {
      gov::Result<SegmentBuilder> made = SegmentBuilder::create();
      if (!made) return made.status();
      builder.emplace(std::move(*made));
    }
    if (gov::Status added = builder->add(*op); !added.ok()) return added;
    if (builder->text_bytes() < kBuilderText) continue;
    segments.push_back({builder->finish(), nullptr});
    builder.reset();
  }
  if (builder) segments.push_back({builder->finish(), nullptr});
  return {};
}

bool worth_merging(std::size_t larger, std::size_t smaller) {
  if (larger + smaller > kMergedBytes) return false;
  return larger < 2 * smaller || larger + smaller <= kSmallBytes;
}

gov::Status compact(const gov::Call& call, std::vector<Living>& segments) {
  const auto by_size = [](const Living& a, const Living& b) {
    return a.segment->bytes() > b.segment->bytes();
  };
  for (;;) {
    if (call.cancelled()) return gov::cancelled();
    std::stable_sort(segments.begin(), segments.end(), by_size);
    std::size_t i = segments.size();
    while (i > 1 &&
           !worth_merging(segments[i - 2].segment->bytes(), segments[i - 1].segment->bytes()))
      --i;
    if (i <= 1) return {};
    const MergeInput inputs[] = {input_of(segments[i - 2]), input_of(segments[i - 1])};
    segments[i - 2] = {merge(inputs), nullptr};
    segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
}

}  // namespace

gov::Status Index::apply(const gov::Call& call, const gov::IndexBatch& batch) {
  if (gov::Status valid = search_common::check_batch(batch); !valid.ok()) return valid;
  const std::vector<const gov_index_op*> ops = search_common::last_of_each_id(batch);
  std::vector<Living> segments;
  for (const Part& part : state()->parts) segments.push_back(part);
  if (gov::Status dropped = drop_changed(call, ops, segments); !dropped.ok()) return dropped;
  if (gov::Status added = add_new(call, ops, segments); !added.ok()) return added;
  if (gov::Status compacted = compact(call, segments); !compacted.ok()) return compacted;

  StatePtr next = make_state(std::move(segments), options_);
  {
    const std::lock_guard lock(mutex_);
    state_.swap(next);
  }
  return {};  // the old state dies here or with its last query, outside the lock
}

StatePtr Index::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace memory_search
