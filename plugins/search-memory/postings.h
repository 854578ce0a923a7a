// Where each term stands: the compact lists of an index, how to write them and how to read them.
//
// Two streams, so that ranking does not drag positions through the cache. Per posting, that is per
// passage with the term:
//   heads:     varint(passage - previous), counts, varint(bytes in the other stream)
//   positions: per occurrence varint(word number - previous); in the text field also
//              varint((first byte - previous end) << 3 | bytes beyond the term's own length)
// `counts` is one byte, two bits a field; a field that has 3 is followed by a varint with the true
// count. Words of title, heading, attributes and text are numbered on end, kFieldGap apart.
#pragma once

#include "varint.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace memory_search {

enum Field : std::uint32_t { kTitle = 0, kHeading = 1, kAttributes = 2, kText = 3, kFields = 4 };
inline constexpr Field kAllFields[] = {kTitle, kHeading, kAttributes, kText};
using Counts = std::array<std::uint32_t, kFields>;

// Keeps words of different fields from being neighbours; exceeds every distance a phrase may have.
inline constexpr std::uint32_t kFieldGap = 8;

// Bits beside an offset that tell an occurrence's length; all ones: the length follows by itself.
inline constexpr std::uint32_t kLengthBits = 3;
inline constexpr std::uint32_t kLengthEscape = (1u << kLengthBits) - 1;

// A term's part of PostingLists.
struct TermEntry {
  std::uint32_t passages;   // how many hold the term
  std::uint32_t heads;      // offset in PostingLists::heads
  std::uint32_t positions;  // offset in PostingLists::positions
  std::uint32_t skips;      // index in PostingLists::skips
};

// The state of a reader behind a full block of postings.
struct Skip {
  std::uint32_t passage, heads, positions;
};
inline constexpr std::uint32_t kSkipInterval = 128;

struct PostingLists {
  std::vector<std::uint8_t> heads, positions;
  std::vector<Skip> skips;

  std::size_t bytes() const {
    return heads.capacity() + positions.capacity() + skips.capacity() * sizeof(Skip);
  }
  void shrink() {
    heads.shrink_to_fit();
    positions.shrink_to_fit();
    skips.shrink_to_fit();
  }
};

// Appends postings, term by term, passages ascending.
class PostingWriter {
 public:
  explicit PostingWriter(PostingLists& lists) : lists_(lists) {}

  void begin_term();
  // `positions` are `size` bytes as PositionWriter made them.
  void add(std::uint32_t passage, const Counts& counts, const std::uint8_t* positions,
           std::size_t size);
  const TermEntry& entry() const { return entry_; }

 private:
  PostingLists& lists_;
  TermEntry entry_{};
  std::uint32_t previous_ = 0;
};

// Encodes the occurrences of one posting, ascending.
class PositionWriter {
 public:
  void begin(std::uint32_t term_bytes);
  void add(std::uint32_t word);
  void add_in_text(std::uint32_t word, std::uint32_t begin, std::uint32_t end);
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint32_t term_bytes_ = 0, word_ = 0, end_ = 0;
};

// Reads the occurrences of one posting.
class PositionReader {
 public:
  PositionReader(const std::uint8_t* at, const Counts& counts, std::uint32_t term_bytes)
      : at_(at),
        before_text_(counts[kTitle] + counts[kHeading] + counts[kAttributes]),
        text_(counts[kText]),
        term_bytes_(term_bytes) {}

  bool next() {
    if (before_text_ > 0) {
      --before_text_;
      word_ += take_varint(at_);
      return true;
    }
    if (text_ == 0) return false;
    --text_;
    in_text_ = true;
    word_ += take_varint(at_);
    const std::uint32_t place = take_varint(at_);
    const std::uint32_t extra = place & kLengthEscape;
    begin_ = end_ + (place >> kLengthBits);
    end_ = begin_ + (extra == kLengthEscape ? take_varint(at_) : term_bytes_ + extra);
    return true;
  }
  std::uint32_t word() const { return word_; }
  bool in_text() const { return in_text_; }
  std::uint32_t begin() const { return begin_; }  // only in_text()
  std::uint32_t end() const { return end_; }

 private:
  const std::uint8_t* at_;
  std::uint32_t before_text_, text_, term_bytes_;
  std::uint32_t word_ = 0, begin_ = 0, end_ = 0;
  bool in_text_ = false;
};

// Walks the postings of one term. Borrows the lists.
class PostingReader {
 public:
  PostingReader() = default;  // an empty list
  PostingReader(const PostingLists& lists, const TermEntry& term)
      : head_(lists.heads.data() + term.heads),
        positions_(lists.positions.data() + term.positions),
        lists_(&lists),
        skips_(term.skips),
        count_(term.passages),
        left_(term.passages) {}

  // To the next posting; false at the end, after which the accessors must not be used.
  bool next() {
    if (left_ == 0) return false;
    --left_;
    positions_ += position_bytes_;
    passage_ += take_varint(head_);
    const std::uint32_t counts = *head_++;
    counts_ = {counts & 3u, counts >> 2 & 3u, counts >> 4 & 3u, counts >> 6};
    // One test for the usual case: whether both bits of any field are set.
    if ((counts & counts >> 1 & 0x55u) != 0) take_large_counts();
    position_bytes_ = take_varint(head_);
    return true;
  }
  // Forward to the first posting whose passage is `passage` or later. Needs one next() before.
  bool seek(std::uint32_t passage) { return passage_ >= passage || seek_on(passage); }

  std::uint32_t passage() const { return passage_; }
  const Counts& counts() const { return counts_; }
  const std::uint8_t* positions() const { return positions_; }
  std::uint32_t position_bytes() const { return position_bytes_; }

 private:
  bool seek_on(std::uint32_t passage);
  void take_large_counts() {
    for (const Field field : kAllFields)
      if (counts_[field] == 3) counts_[field] = take_varint(head_);
  }

  const std::uint8_t* head_ = nullptr;
  const std::uint8_t* positions_ = nullptr;
  const PostingLists* lists_ = nullptr;
  std::uint32_t skips_ = 0, count_ = 0, left_ = 0;
  std::uint32_t passage_ = 0, position_bytes_ = 0;
  Counts counts_{};
};

}  // namespace memory_search
