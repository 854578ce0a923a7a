// Passages of a segment that are gone although it still has their postings.
#pragma once

#include "segment.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace memory_search {

// Counted per term, so that what is left scores as if it had always been alone. Immutable.
struct Erased {
  Bitmap passages;
  std::uint32_t count = 0;
  std::array<std::uint64_t, kFields> words{};  // of all of them
  std::vector<std::uint32_t> of_term;          // how many of them hold it, by term number
};
using ErasedPtr = std::shared_ptr<const Erased>;

// `before` (or null: none) and these too; `passages` ascending, none of them in `before`. Looks at
// every term, which takes a small part of the time that rewriting the segment would.
ErasedPtr erase(const Segment& segment, const ErasedPtr& before,
                std::span<const std::uint32_t> passages);

// Takes them out of a bitmap of the segment's passages.
void take_out(const Erased& erased, Bitmap& from);

}  // namespace memory_search
