#include "read_buffer.h"

#include <algorithm>
#include <cstring>

namespace transport_http {

ReadBuffer::ReadBuffer() { resize(kInitial); }

void ReadBuffer::resize(std::size_t capacity) {
  auto other = std::make_unique_for_overwrite<char[]>(capacity);
  const std::size_t held = size();
  if (held > 0) std::memcpy(other.get(), data(), held);
  buffer_ = std::move(other);
  capacity_ = capacity;
  begin_ = 0;
  end_ = held;
}

std::span<char> ReadBuffer::space(std::size_t limit) {
  const std::size_t held = size();
  if (held >= limit) return {};
  if (held == 0) {
    begin_ = end_ = 0;
    if (capacity_ > kKeep) resize(kInitial);
  } else if (capacity_ - end_ < kInitial / 4) {
    if (held < capacity_ / 2) {
      std::memmove(buffer_.get(), data(), held);
      begin_ = 0;
      end_ = held;
    } else {
      // Doubling as bytes arrive: what a client merely announces costs nothing.
      resize(std::max(std::min(2 * capacity_, limit), held + kInitial));
    }
  }
  return {buffer_.get() + end_, std::min(capacity_ - end_, limit - held)};
}

void ReadBuffer::cut(std::size_t at, std::size_t bytes) {
  if (bytes == 0) return;
  std::memmove(data() + at, data() + at + bytes, size() - at - bytes);
  end_ -= bytes;
}

}  // namespace transport_http
