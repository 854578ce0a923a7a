// Turns the text of passages into a segment.
#pragma once

#include "interner.h"
#include "segment.h"
#include "stemmer.h"

#include <gov/search.hpp>

#include <vector>

namespace memory_search {

// One segment; used up by finish(). Its memory is about three times the text, so the caller cuts
// large batches into several. One thread at a time.
class SegmentBuilder {
 public:
  static gov::Result<SegmentBuilder> create();

  gov::Status add(const gov_index_op& op);  // ids must differ
  std::size_t text_bytes() const { return text_bytes_; }
  SegmentPtr finish();

 private:
  // One word of one passage, chained to the next of the same term.
  struct Occurrence {
    std::uint32_t next;
    std::uint32_t passage, word, begin;
    std::uint16_t length;
    std::uint8_t field;
  };
  struct Chain {
    std::uint32_t first, last;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  explicit SegmentBuilder(search_common::Stemmer stemmer) : stemmer_(std::move(stemmer)) {}
  gov::Result<std::uint32_t> add_field(Field field, std::string_view text,
                                       std::uint32_t first_word);
  gov::Result<std::uint32_t> term_of(std::string_view word, bool has_digit);  // kNone: stop word
  void append(std::uint32_t term, Occurrence occurrence);
  void add_spellings(const std::vector<std::uint32_t>& order);
  void write_term(std::uint32_t term, PostingWriter& writer, PositionWriter& positions) const;

  search_common::Stemmer stemmer_;
  Interner words_;                        // every spelling once, so that each is stemmed once
  std::vector<std::uint32_t> word_term_;  // by number in words_
  Interner terms_;
  Interner documents_;
  std::vector<Chain> chains_;  // by number in terms_
  std::vector<Occurrence> occurrences_;
  FacetLists facets_;
  std::size_t text_bytes_ = 0;
  std::shared_ptr<Segment> segment_ = std::make_shared<Segment>();
};

}  // namespace memory_search
