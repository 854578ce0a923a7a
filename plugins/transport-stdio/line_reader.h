// Splits a byte stream into messages: one a line.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace transport_stdio {

// Accepts LF and CRLF, skips empty lines and a byte order mark at the start, and takes the rest as
// a line when the input ends without a newline. Holds at most max_line and one chunk of bytes.
// One thread.
class LineReader {
 public:
  enum class Next {
    kLine,     // `line` is the next message
    kTooLong,  // a line over the limit begins here; what is left of it will be dropped
    kNeedMore  // read into space() and commit(), or end()
  };

  explicit LineReader(std::size_t max_line);

  // Where to read to; never empty. Invalidates lines given before.
  std::span<char> space();
  void commit(std::size_t bytes) { end_ += bytes; }
  // The input has ended: what is left over counts as a line.
  void end() { ended_ = true; }

  Next next(std::string_view& line);

 private:
  static constexpr std::size_t kChunk = 64u << 10u;

  Next rest(std::string_view& line);
  std::string_view trimmed(std::string_view line);
  void resize(std::size_t capacity);

  const std::size_t max_line_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // of the line being read
  std::size_t scan_ = 0;   // no newline before this
  std::size_t end_ = 0;
  bool first_ = true;
  bool dropping_ = false;
  bool ended_ = false;
};

}  // namespace transport_stdio
