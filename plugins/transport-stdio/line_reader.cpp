#include "line_reader.h"

#include <algorithm>
#include <cstring>

namespace transport_stdio {

LineReader::LineReader(std::size_t max_line) : max_line_(max_line) { resize(kChunk); }

void LineReader::resize(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > begin_) std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
  scan_ -= begin_;
  end_ -= begin_;
  begin_ = 0;
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

std::span<char> LineReader::space() {
  const std::size_t held = end_ - begin_;
  if (held == 0) {
    begin_ = scan_ = end_ = 0;
    if (capacity_ > kChunk) resize(kChunk);  // one huge message must not cost memory for ever
  } else if (capacity_ - end_ < kChunk / 2) {
    if (held <= kChunk / 2) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, held);
      scan_ -= begin_;
      end_ = held;
      begin_ = 0;
    } else {
      resize(std::min(2 * held, max_line_) + kChunk);
    }
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

LineReader::Next LineReader::next(std::string_view& line) {
  while (scan_ < end_) {
    const char* const from = buffer_.get() + scan_;
    const auto* const newline = static_cast<const char*>(std::memchr(from, '\n', end_ - scan_));
    if (!newline) break;
    const std::size_t at = static_cast<std::size_t>(newline - buffer_.get());
    const std::string_view found(buffer_.get() + begin_, at - begin_);
    begin_ = scan_ = at + 1;
    if (dropping_) {
      dropping_ = false;
      continue;
    }
    line = trimmed(found);
    if (line.size() > max_line_) return Next::kTooLong;
    if (!line.empty()) return Next::kLine;
  }
  return rest(line);
}

LineReader::Next LineReader::rest(std::string_view& line) {
  scan_ = end_;
  if (dropping_) {
    begin_ = end_;
    return Next::kNeedMore;
  }
  // One more for a CR whose LF has not come yet, three for a byte order mark.
  if (end_ - begin_ > max_line_ + 4) {
    dropping_ = true;
    begin_ = end_;
    first_ = false;
    return Next::kTooLong;
  }
  if (!ended_ || begin_ == end_) return Next::kNeedMore;
  line = trimmed({buffer_.get() + begin_, end_ - begin_});
  begin_ = end_;
  if (line.size() > max_line_) return Next::kTooLong;
  return line.empty() ? Next::kNeedMore : Next::kLine;
}

std::string_view LineReader::trimmed(std::string_view line) {
  if (first_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  first_ = false;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace transport_stdio
