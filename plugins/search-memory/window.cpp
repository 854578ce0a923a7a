#include "window.h"

#include <bit>

namespace memory_search {

void Window::end_group(float value, float spread) {
  for (std::uint32_t word = 0; word < in_group_.size(); ++word) {
    touched_[word] |= in_group_[word];
    for (std::uint64_t bits = in_group_[word]; bits != 0; bits &= bits - 1) {
      const std::uint32_t i = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
      score_[i] += best_[i] + spread * (sum_[i] - best_[i]);
      held_[i] += value * weight_[i];
    }
  }
}

}  // namespace memory_search
