// Many short texts in one block of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace memory_search {

// Numbered from 0 in the order of add(). Holds at most 4 GiB, which the caller sees to.
class StringTable {
 public:
  void add(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  std::string_view operator[](std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }
  // When the texts were added in ascending order: the number of this one, or size().
  std::uint32_t find_sorted(std::string_view text) const {
    std::uint32_t low = 0, high = size();
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if ((*this)[middle] < text)
        low = middle + 1;
      else
        high = middle;
    }
    return low < size() && (*this)[low] == text ? low : size();
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }
  std::size_t bytes() const { return bytes_.capacity() + ends_.capacity() * sizeof(std::uint32_t); }
  void shrink() {
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace memory_search
