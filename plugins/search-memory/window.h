// Sums the scores of a stretch of passages, group by group.
#pragma once

#include "query_terms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace memory_search {

// Passages are scored in windows, term by term, so that sums stay in the first-level cache and no
// memory grows with the index.
inline constexpr std::uint32_t kWindow = 2048;

class Window {
 public:
  void clear() {
    score_.fill(0);
    held_.fill(0);
    touched_.fill(0);
  }

  // Between the two, terms of one meaning: the best counts, of the others `spread`.
  void begin_group() { in_group_.fill(0); }
  void end_group(float value, float spread);

  void add_alone(std::uint32_t i, float score, float value) {
    score_[i] += score;
    held_[i] += value;
    touch(touched_, i);
  }
  void add_in_group(std::uint32_t i, float score, float weight) {
    if (((in_group_[i / 64] >> i % 64) & 1) == 0) {
      touch(in_group_, i);
      best_[i] = sum_[i] = score;
      weight_[i] = weight;
      return;
    }
    sum_[i] += score;
    if (score <= best_[i]) return;
    best_[i] = score;
    weight_[i] = weight;
  }

  float score(std::uint32_t i) const { return score_[i]; }
  float held(std::uint32_t i) const { return held_[i]; }  // value of the groups it holds
  const std::array<std::uint64_t, kWindow / 64>& touched() const { return touched_; }

 private:
  using Bits = std::array<std::uint64_t, kWindow / 64>;
  static void touch(Bits& bits, std::uint32_t i) { bits[i / 64] |= std::uint64_t{1} << i % 64; }

  std::array<float, kWindow> score_, held_;
  std::array<float, kWindow> best_, sum_, weight_;  // valid where in_group_ has the bit
  Bits touched_, in_group_;
};

// The score's factor for holding a part of the query only: a power of the part, by its 256th.
class Coordination {
 public:
  explicit Coordination(float exponent) {
    for (std::uint32_t i = 0; i < factors_.size(); ++i)
      factors_[i] = std::pow(static_cast<float>(i) / 256.0f, exponent);
  }
  float operator()(float share) const {
    return factors_[static_cast<std::uint32_t>(std::min(share, 1.0f) * 256.0f + 0.5f)];
  }

 private:
  std::array<float, 257> factors_;
};

}  // namespace memory_search
