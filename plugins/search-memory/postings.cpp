#include "postings.h"

#include <algorithm>

namespace memory_search {

void PostingWriter::begin_term() {
  entry_ = {0, static_cast<std::uint32_t>(lists_.heads.size()),
            static_cast<std::uint32_t>(lists_.positions.size()),
            static_cast<std::uint32_t>(lists_.skips.size())};
  previous_ = 0;
}

void PostingWriter::add(std::uint32_t passage, const Counts& counts, const std::uint8_t* positions,
                        std::size_t size) {
  if (entry_.passages > 0 && entry_.passages % kSkipInterval == 0)
    lists_.skips.push_back({previous_, static_cast<std::uint32_t>(lists_.heads.size()),
                            static_cast<std::uint32_t>(lists_.positions.size())});
  auto& heads = lists_.heads;
  put_varint(heads, passage - previous_);
  std::uint32_t packed = 0;
  for (const Field field : kAllFields) packed |= std::min(counts[field], 3u) << 2 * field;
  heads.push_back(static_cast<std::uint8_t>(packed));
  for (const Field field : kAllFields)
    if (counts[field] >= 3) put_varint(heads, counts[field]);
  put_varint(heads, static_cast<std::uint32_t>(size));
  lists_.positions.insert(lists_.positions.end(), positions, positions + size);
  previous_ = passage;
  ++entry_.passages;
}

void PositionWriter::begin(std::uint32_t term_bytes) {
  bytes_.clear();
  term_bytes_ = term_bytes;
  word_ = end_ = 0;
}

void PositionWriter::add(std::uint32_t word) {
  put_varint(bytes_, word - word_);
  word_ = word;
}

void PositionWriter::add_in_text(std::uint32_t word, std::uint32_t begin, std::uint32_t end) {
  add(word);
  const std::uint32_t length = end - begin;
  const bool near = length >= term_bytes_ && length - term_bytes_ < kLengthEscape;
  const std::uint32_t extra = near ? length - term_bytes_ : kLengthEscape;
  put_varint(bytes_, (begin - end_) << kLengthBits | extra);
  if (!near) put_varint(bytes_, length);
  end_ = end;
}

bool PostingReader::seek_on(std::uint32_t passage) {
  PostingReader reader = *this;  // a local copy lives in registers
  // Jump over whole blocks that end before the passage.
  const std::uint32_t blocks = (count_ - 1) / kSkipInterval;
  std::uint32_t block = (count_ - left_ + kSkipInterval - 1) / kSkipInterval;  // not yet entered
  const Skip* jump = nullptr;
  for (; block <= blocks; ++block) {
    const Skip& skip = lists_->skips[skips_ + block - 1];
    if (skip.passage >= passage) break;
    jump = &skip;
  }
  if (jump) {
    reader.left_ = count_ - (block - 1) * kSkipInterval;
    reader.passage_ = jump->passage;
    reader.head_ = lists_->heads.data() + jump->heads;
    reader.positions_ = lists_->positions.data() + jump->positions;
    reader.position_bytes_ = 0;
  }
  bool found = false;
  while (!found && reader.next()) found = reader.passage_ >= passage;
  *this = reader;
  return found;
}

}  // namespace memory_search
