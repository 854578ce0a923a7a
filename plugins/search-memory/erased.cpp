#include "erased.h"

namespace memory_search {
namespace {

// How many of the passages hold the term; `bits` are the same passages. Most terms are in few, and
// of a frequent one only some blocks are looked at.
std::uint32_t count_with(const Segment& segment, const TermEntry& term,
                         std::span<const std::uint32_t> passages, const Bitmap& bits) {
  std::uint32_t count = 0;
  PostingReader reader(segment.postings, term);
  if (term.passages <= passages.size() * kSkipInterval) {
    while (reader.next()) count += has_bit(bits, reader.passage()) ? 1 : 0;
    return count;
  }
  if (!reader.next()) return 0;
  for (const std::uint32_t passage : passages) {
    if (!reader.seek(passage)) break;
    if (reader.passage() == passage) ++count;
  }
  return count;
}

}  // namespace

ErasedPtr erase(const Segment& segment, const ErasedPtr& before,
                std::span<const std::uint32_t> passages) {
  auto out = before ? std::make_shared<Erased>(*before) : std::make_shared<Erased>();
  if (!before) {
    out->passages = make_bitmap(segment.passages());
    out->of_term.resize(segment.terms.size());
  }
  for (const std::uint32_t passage : passages) {
    set_bit(out->passages, passage);
    ++out->count;
    for (std::uint32_t f = 0; f < kFields; ++f) out->words[f] += segment.words[passage][f];
  }
  Bitmap fresh = make_bitmap(segment.passages());
  for (const std::uint32_t passage : passages) set_bit(fresh, passage);
  for (std::uint32_t term = 0; term < out->of_term.size(); ++term)
    out->of_term[term] += count_with(segment, segment.entries[term], passages, fresh);
  return out;
}

void take_out(const Erased& erased, Bitmap& from) {
  for (std::size_t word = 0; word < from.size(); ++word) from[word] &= ~erased.passages[word];
}

}  // namespace memory_search
