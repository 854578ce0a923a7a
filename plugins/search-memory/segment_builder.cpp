#include "segment_builder.h"

#include "stop_words.h"
#include "tokenizer.h"

#include <algorithm>
#include <numeric>

namespace memory_search {

using gov::to_cpp;

gov::Result<SegmentBuilder> SegmentBuilder::create() {
  gov::Result<search_common::Stemmer> stemmer = search_common::Stemmer::create();
  if (!stemmer) return stemmer.status();
  return SegmentBuilder(std::move(*stemmer));
}

gov::Status SegmentBuilder::add(const gov_index_op& op) {
  const std::string_view fields[kFields] = {to_cpp(op.title), to_cpp(op.heading),
                                            gov::attributes_of(op), to_cpp(op.text)};
  const std::uint32_t passage = segment_->passages();
  Counts words{};
  std::uint32_t first_word = 0;
  for (const Field field : kAllFields) {
    const gov::Result<std::uint32_t> seen = add_field(field, fields[field], first_word);
    if (!seen) return seen.status();
    words[field] = *seen;
    first_word += *seen + kFieldGap;
    text_bytes_ += fields[field].size();
  }
  for (std::uint64_t i = 0; i < op.facet_count; ++i)
    add_facet(facets_, facet_key(to_cpp(op.facets[i].name), to_cpp(op.facets[i].value)), passage);
  const std::string_view document = gov::document_of(op);
  const Interner::Number number = documents_.add(document.empty() ? to_cpp(op.id) : document);
  if (number.is_new) segment_->document_names.add(documents_[number.value]);
  segment_->add_passage(to_cpp(op.id), to_cpp(op.version), number.value, words);
  return {};
}

gov::Result<std::uint32_t> SegmentBuilder::add_field(Field field, std::string_view text,
                                                     std::uint32_t first_word) {
  search_common::Tokenizer tokenizer(text);
  while (const search_common::Token* const token = tokenizer.next()) {
    // Queries look for compounds as a whole only when they have a digit; the others are found by
    // their parts and the phrase bonus.
    if (token->words > 1 && !token->has_digit) continue;
    const gov::Result<std::uint32_t> term = term_of(token->text, token->has_digit);
    if (!term) return term.status();
    if (*term == kNone) continue;
    append(*term, {kNone, segment_->passages(), first_word + token->position, token->begin,
                   static_cast<std::uint16_t>(token->end - token->begin),
                   static_cast<std::uint8_t>(field)});
  }
  return tokenizer.words();
}

gov::Result<std::uint32_t> SegmentBuilder::term_of(std::string_view word, bool has_digit) {
  const Interner::Number number = words_.add(word);
  if (!number.is_new) return word_term_[number.value];
  std::uint32_t term = kNone;
  if (!search_common::is_stop_word(word)) {
    const gov::Result<std::string_view> stem = stemmer_.stem(word, has_digit);
    if (!stem) return stem.status();
    term = terms_.add(*stem).value;
    if (term == chains_.size()) chains_.push_back({kNone, kNone});
  }
  word_term_.push_back(term);
  return term;
}

void SegmentBuilder::append(std::uint32_t term, Occurrence occurrence) {
  const auto number = static_cast<std::uint32_t>(occurrences_.size());
  occurrences_.push_back(occurrence);
  Chain& chain = chains_[term];
  if (chain.first == kNone)
    chain.first = number;
  else
    occurrences_[chain.last].next = number;
  chain.last = number;
}

SegmentPtr SegmentBuilder::finish() {
  std::vector<std::uint32_t> order(terms_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return terms_[a] < terms_[b]; });
  PostingWriter writer(segment_->postings);
  PositionWriter positions;
  for (const std::uint32_t term : order) {
    write_term(term, writer, positions);
    segment_->terms.add(terms_[term]);
    segment_->entries.push_back(writer.entry());
  }
  add_spellings(order);
  segment_->finish(facets_);
  return std::move(segment_);
}

void SegmentBuilder::add_spellings(const std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> place(order.size());  // of a term in the sorted table
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<std::uint32_t> words;
  for (std::uint32_t w = 0; w < words_.size(); ++w)
    if (word_term_[w] != kNone && Spellings::worth_keeping(words_[w])) words.push_back(w);
  std::sort(words.begin(), words.end(),
            [&](std::uint32_t a, std::uint32_t b) { return words_[a] < words_[b]; });
  for (const std::uint32_t w : words) segment_->spellings.add(words_[w], place[word_term_[w]]);
}

void SegmentBuilder::write_term(std::uint32_t term, PostingWriter& writer,
                                PositionWriter& positions) const {
  const auto term_bytes = static_cast<std::uint32_t>(terms_[term].size());
  writer.begin_term();
  for (std::uint32_t i = chains_[term].first; i != kNone;) {
    const std::uint32_t passage = occurrences_[i].passage;
    Counts counts{};
    positions.begin(term_bytes);
    for (; i != kNone && occurrences_[i].passage == passage; i = occurrences_[i].next) {
      const Occurrence& o = occurrences_[i];
      ++counts[o.field];
      if (o.field == kText)
        positions.add_in_text(o.word, o.begin, o.begin + o.length);
      else
        positions.add(o.word);
    }
    writer.add(passage, counts, positions.bytes().data(), positions.bytes().size());
  }
}

}  // namespace memory_search
