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

// Rewrites the segments that hold a passage which the batch replaces or erases.
gov::Status drop_changed(const gov::Call& call, const std::vector<const gov_index_op*>& ops,
                         std::vector<SegmentPtr>& segments) {
  for (SegmentPtr& segment : segments) {
    if (call.cancelled()) return gov::cancelled();
    Bitmap erased;
    std::uint32_t count = 0;
    for (const gov_index_op* const op : ops) {
      const auto passage = segment->find_passage(gov::to_cpp(op->id));
      if (!passage) continue;
      if (erased.empty()) erased = make_bitmap(segment->passages());
      set_bit(erased, *passage);
      ++count;
    }
    if (count == segment->passages()) {
      segment = nullptr;
    } else if (count > 0) {
      const MergeInput input{segment.get(), &erased};
      segment = merge({&input, 1});
    }
  }
  std::erase(segments, nullptr);
  return {};
}

gov::Status add_new(const gov::Call& call, const std::vector<const gov_index_op*>& ops,
                    std::vector<SegmentPtr>& segments) {
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
    segments.push_back(builder->finish());
    builder.reset();
  }
  if (builder) segments.push_back(builder->finish());
  return {};
}

bool worth_merging(std::size_t larger, std::size_t smaller) {
  if (larger + smaller > kMergedBytes) return false;
  return larger < 2 * smaller || larger + smaller <= kSmallBytes;
}

gov::Status compact(const gov::Call& call, std::vector<SegmentPtr>& segments) {
  const auto by_size = [](const SegmentPtr& a, const SegmentPtr& b) {
    return a->bytes() > b->bytes();
  };
  for (;;) {
    if (call.cancelled()) return gov::cancelled();
    std::stable_sort(segments.begin(), segments.end(), by_size);
    std::size_t i = segments.size();
    while (i > 1 && !worth_merging(segments[i - 2]->bytes(), segments[i - 1]->bytes())) --i;
    if (i <= 1) return {};
    const MergeInput inputs[] = {{segments[i - 2].get(), nullptr},
                                 {segments[i - 1].get(), nullptr}};
    segments[i - 2] = merge(inputs);
    segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
}

}  // namespace

gov::Status Index::apply(const gov::Call& call, const gov::IndexBatch& batch) {
  if (gov::Status valid = search_common::check_batch(batch); !valid.ok()) return valid;
  const std::vector<const gov_index_op*> ops = search_common::last_of_each_id(batch);
  std::vector<SegmentPtr> segments;
  for (const Part& part : state()->parts) segments.push_back(part.segment);
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
