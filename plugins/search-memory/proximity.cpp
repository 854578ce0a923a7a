#include "proximity.h"

#include <algorithm>

namespace memory_search {
namespace {

// What words count that stand near each other, but not as in the query.
constexpr float kNear = 0.4f;

// 1 when a word of `a` stands exactly `distance` words before one of `b`, kNear when any two of
// them are in one sentence or so, else 0. Words of different fields are never that near.
float closeness_of(PositionReader a, PositionReader b, std::uint32_t distance) {
  if (!a.next() || !b.next()) return 0;
  float best = 0;
  for (;;) {
    const std::uint32_t first = a.word(), second = b.word();
    if (first + distance == second) return 1;
    if (std::max(first, second) - std::min(first, second) < kFieldGap) best = kNear;
    if (first + distance < second ? !a.next() : !b.next()) return best;
  }
}

}  // namespace

void Proximity::open(const Segment& segment, std::uint32_t part) {
  if (query_.pairs.empty()) return;
  looks_.assign(query_.terms.size(), {});
  for (std::uint32_t t = 0; t < query_.terms.size(); ++t) {
    const TermEntry* const entry = query_.entries[part * query_.terms.size() + t];
    if (!entry) continue;
    looks_[t] = {PostingReader(segment.postings, *entry),
                 static_cast<std::uint32_t>(query_.terms[t].text.size()), true};
    looks_[t].reader.next();
  }
}

float Proximity::factor(std::uint32_t passage, float needed) {
  const auto all = static_cast<float>(query_.pairs.size());
  float together = 0, left = all;
  for (const TermPair& pair : query_.pairs) {
    if (1.0f + bonus_ * (together + left) / all < needed) break;
    left -= 1;
    together += closeness(pair, passage);
  }
  return all == 0 ? 1.0f : 1.0f + bonus_ * together / all;
}

float Proximity::closeness(const TermPair& pair, std::uint32_t passage) {
  Look &first = looks_[pair.first], &second = looks_[pair.second];
  if (!holds(first, passage) || !holds(second, passage)) return 0;
  const auto positions = [](const Look& look) {
    return PositionReader(look.reader.positions(), look.reader.counts(), look.term_bytes);
  };
  return closeness_of(positions(first), positions(second), pair.distance);
}

bool Proximity::holds(Look& look, std::uint32_t passage) {
  look.more = look.more && look.reader.seek(passage);
  return look.more && look.reader.passage() == passage;
}

}  // namespace memory_search
