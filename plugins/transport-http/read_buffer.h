// Bytes received and not yet used.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace transport_http {

// Grows while a large request comes in and becomes small again afterwards. Offsets from data() stay
// right when it moves. One thread.
class ReadBuffer {
 public:
  ReadBuffer();

  char* data() { return buffer_.get() + begin_; }
  const char* data() const { return buffer_.get() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // Where to read to, so that at most `limit` bytes will be held; empty when there are that many.
  // Moves data.
  std::span<char> space(std::size_t limit);
  // What is free behind the data; moves nothing.
  std::span<char> tail() { return {buffer_.get() + end_, capacity_ - end_}; }
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  // Removes bytes from the middle. Moves data.
  void cut(std::size_t at, std::size_t bytes);

 private:
  static constexpr std::size_t kInitial = 8u << 10u;
  static constexpr std::size_t kKeep = 64u << 10u;

  void resize(std::size_t capacity);

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace transport_http
