// Keeps the best of a stream of passages.
#pragma once

#include "ranking.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace memory_search {

// A heap with the worst kept passage on top, made once `limit` are there.
class Top {
 public:
  explicit Top(std::size_t limit) : limit_(limit) {}

  // A passage of a lower score cannot get in.
  float threshold() const {
    return kept_.size() < limit_ ? -std::numeric_limits<float>::infinity()
                                 : from_key(kept_.front()).score;
  }

  void offer(const Ranked& candidate) {
    const std::uint64_t key = to_key(candidate);
    if (kept_.size() < limit_) {
      kept_.push_back(key);
      if (kept_.size() == limit_) std::make_heap(kept_.begin(), kept_.end(), std::greater<>());
    } else if (key > kept_.front()) {
      std::pop_heap(kept_.begin(), kept_.end(), std::greater<>());
      kept_.back() = key;
      std::push_heap(kept_.begin(), kept_.end(), std::greater<>());
    }
  }

  std::vector<Ranked> take_sorted() {
    std::sort(kept_.begin(), kept_.end(), std::greater<>());
    std::vector<Ranked> sorted;
    sorted.reserve(kept_.size());
    for (const std::uint64_t key : kept_) sorted.push_back(from_key(key));
    return sorted;
  }

 private:
  // One number that orders as (higher score, lower place): the bits of floats that are not negative
  // order as the floats do (IEEE 754). A third of the time of comparing the members.
  static std::uint64_t to_key(const Ranked& ranked) {
    return std::uint64_t{std::bit_cast<std::uint32_t>(ranked.score)} << 32 | ~ranked.place;
  }
  static Ranked from_key(std::uint64_t key) {
    return {std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32)),
            ~static_cast<std::uint32_t>(key)};
  }

  const std::size_t limit_;
  std::vector<std::uint64_t> kept_;
};

// The best passages of one document, at most a few.
class Run {
 public:
  explicit Run(std::size_t limit) : limit_(limit) {}

  void offer(const Ranked& candidate) {
    const auto better = [](const Ranked& a, const Ranked& b) {
      return a.score != b.score ? a.score > b.score : a.place < b.place;
    };
    if (kept_.size() == limit_) {
      if (!better(candidate, kept_.back())) return;
      kept_.pop_back();
    }
    kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), candidate, better), candidate);
  }
  // Hands on what is kept and starts afresh.
  template <class Take>
  void drain(const Take& take) {
    for (const Ranked& ranked : kept_) take(ranked);
    kept_.clear();
  }

 private:
  const std::size_t limit_;
  std::vector<Ranked> kept_;  // best first
};

}  // namespace memory_search
