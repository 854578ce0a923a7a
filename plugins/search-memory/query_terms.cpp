#include "query_terms.h"

#include "correction.h"
#include "query.h"
#include "stemmer.h"
#include "stop_words.h"
#include "tokenizer.h"

#include <algorithm>
#include <cmath>

namespace memory_search {
namespace {

using gov::to_cpp;
using search_common::kMaxAlternatives;
using search_common::kMaxCorrections;
using search_common::kMaxPlaces;
using search_common::kMaxQueryTerms;
using search_common::kWholePhrase;

constexpr std::uint32_t kNone = 0xFFFFFFFF;

class QueryReader {
 public:
  QueryReader(const View& view, search_common::Stemmer stemmer)
      : view_(view), state_(view.state()), stemmer_(std::move(stemmer)) {}

  gov::Result<QueryTerms> read(const gov::Query& query) {
    if (gov::Status s = read_words(query.text()); !s.ok()) return s;
    for (const gov_alternative& alternative : query.alternatives())
      if (gov::Status s = add_alternative(alternative); !s.ok()) return s;
    return finish();
  }

 private:
  // A term before the groups are laid out.
  struct Draft {
    QueryTerm term;
    std::uint32_t group;
  };
  // A word of the query: where it stands, and its group when it has one.
  struct Word {
    std::uint32_t begin, end, group;
  };

  gov::Status read_words(std::string_view text) {
    search_common::Tokenizer tokenizer(text);
    while (const search_common::Token* const token = tokenizer.next()) {
      if (token->position < skip_until_) continue;
      if (token->words > 1) {
        if (!token->has_digit || view_.passages_with(token->text) == 0)
          continue;  // then by its parts
        skip_until_ = token->position + token->words;
      } else if (search_common::is_stop_word(token->text)) {
        continue;
      }
      const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
      if (!stem) return stem.status();
      if (!add_word(*token, *stem)) break;
    }
    return {};
  }

  QueryTerm make_term(std::string_view text, std::uint64_t passages, float weight) const {
    const auto with = static_cast<double>(passages);
    const double without = static_cast<double>(view_.passages()) - with;
    return {std::string(text), passages,
            static_cast<float>(std::log1p((without + 0.5) / (with + 0.5))), weight};
  }

  std::uint32_t find(std::string_view text) const {
    const auto found = std::find_if(drafts_.begin(), drafts_.end(),
                                    [&](const Draft& d) { return d.term.text == text; });
    return found == drafts_.end() ? kNone : static_cast<std::uint32_t>(found - drafts_.begin());
  }

  // False when the query has more distinct words than are used.
  bool add_word(const search_common::Token& token, std::string_view stem) {
    std::uint32_t number = find(stem);
    if (number == kNone && std::find(unknown_.begin(), unknown_.end(), stem) == unknown_.end()) {
      if (drafts_.size() + unknown_.size() == kMaxQueryTerms) return false;
      number = add_new(token, stem);
      if (number == kNone) unknown_.emplace_back(stem);
    }
    if (words_.size() < kMaxPlaces)
      words_.push_back({token.begin, token.end, number == kNone ? kNone : drafts_[number].group});
    add_pair(number, token.position);
    return true;
  }

  std::uint32_t add_new(const search_common::Token& token, std::string_view stem) {
    QueryTerm term{std::string(stem)};
    term.passages = view_.passages_with(stem);
    if (term.passages == 0) correct(token, term);
    if (term.passages == 0) return kNone;
    const std::uint32_t known = find(term.text);  // what was corrected may stand there already
    if (known != kNone) return known;
    drafts_.push_back({make_term(term.text, term.passages, term.weight), groups_++});
    return static_cast<std::uint32_t>(drafts_.size() - 1);
  }

  void correct(const search_common::Token& token, QueryTerm& term) {
    if (token.has_digit || token.words > 1 || corrections_ == kMaxCorrections) return;
    ++corrections_;
    const Correction found = correct_word(token.text, view_);
    if (found.errors == 0) return;
    term.text = found.term;
    term.passages = found.passages;
    term.weight = found.errors == 1 ? 0.9f : 0.7f;
  }

  void add_pair(std::uint32_t number, std::uint32_t position) {
    const std::uint32_t distance = position - previous_position_;
    if (number != kNone && previous_ != kNone && previous_ != number && distance < kFieldGap &&
        out_.pairs.size() < kMaxQueryTerms)
      out_.pairs.push_back({previous_, number, distance});
    previous_ = number;
    previous_position_ = position;
  }

  // To the group of the word that it stands for; what stands for several words is a group itself.
  std::uint32_t group_of(const gov_range& range) {
    if (range.begin == last_range_.begin && range.end == last_range_.end) return last_group_;
    last_range_ = range;
    std::uint32_t inside = 0, group = kNone;
    for (const Word& word : words_) {
      if (word.begin < range.begin || word.end > range.end) continue;
      ++inside;
      group = word.group;
    }
    last_group_ = inside == 1 && group != kNone ? group : groups_++;
    return last_group_;
  }

  gov::Status add_alternative(const gov_alternative& alternative) {
    if (!(alternative.weight > 0 && alternative.weight <= 1)) return {};
    std::vector<QueryTerm> parts;
    float idf = 0;
    search_common::Tokenizer tokenizer(to_cpp(alternative.text));
    std::uint32_t skip_until = 0;
    while (const search_common::Token* const token = tokenizer.next()) {
      if (token->position < skip_until) continue;
      if (token->words > 1) {
        if (!token->has_digit || view_.passages_with(token->text) == 0) continue;
        skip_until = token->position + token->words;
      } else if (search_common::is_stop_word(token->text)) {
        continue;
      }
      const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
      if (!stem) return stem.status();
      const std::uint64_t passages = view_.passages_with(*stem);
      if (passages == 0) return {};  // a phrase without one of its words means something else
      parts.push_back(make_term(*stem, passages, alternative.weight));
      idf += parts.back().idf;
    }
    if (parts.empty()) return {};
    const std::uint32_t group = group_of(alternative.words);
    const bool phrase = parts.size() > 1;
    for (QueryTerm& part : parts) {
      if (phrase) part.weight *= kWholePhrase * part.idf / idf;
      add_part(std::move(part), group);
    }
    return {};
  }

  // The query's own words stay what they are; of one meaning the greater weight counts.
  void add_part(QueryTerm part, std::uint32_t group) {
    for (Draft& draft : drafts_) {
      if (draft.term.text != part.text) continue;
      if (draft.term.weight == 1) return;
      if (draft.group != group) continue;
      draft.term.weight = std::max(draft.term.weight, part.weight);
      return;
    }
    if (++alternatives_ <= kMaxAlternatives) drafts_.push_back({std::move(part), group});
  }

  QueryTerms finish() {
    std::vector<std::uint32_t> order(drafts_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return drafts_[a].group < drafts_[b].group;
    });
    std::vector<std::uint32_t> place(drafts_.size());
    out_.terms.reserve(drafts_.size());
    std::uint32_t group = kNone;
    for (const std::uint32_t i : order) {
      if (drafts_[i].group != group) {
        group = drafts_[i].group;
        out_.groups.push_back({static_cast<std::uint32_t>(out_.terms.size()), 0, 0});
      }
      place[i] = static_cast<std::uint32_t>(out_.terms.size());
      out_.terms.push_back(std::move(drafts_[i].term));
      TermGroup& last = out_.groups.back();
      ++last.count;
      last.value = std::max(last.value, out_.terms.back().weight * out_.terms.back().idf);
    }
    for (const TermGroup& each : out_.groups) out_.value += each.value;
    for (TermPair& pair : out_.pairs) pair = {place[pair.first], place[pair.second], pair.distance};
    look_up();
    return std::move(out_);
  }

  void look_up() {
    const std::size_t n = out_.terms.size();
    out_.entries.assign(state_.parts.size() * n, nullptr);
    for (std::size_t p = 0; p < state_.parts.size(); ++p) {
      const Segment& segment = *state_.parts[p].segment;
      for (std::size_t t = 0; t < n; ++t)
        if (const auto found = segment.find_term(out_.terms[t].text))
          out_.entries[p * n + t] = &segment.entries[*found];
    }
  }

  const View& view_;
  const State& state_;
  search_common::Stemmer stemmer_;
  QueryTerms out_;
  std::vector<Draft> drafts_;
  std::vector<Word> words_;
  std::uint32_t groups_ = 0;
  std::vector<std::string> unknown_;  // words that no passage holds
  std::size_t alternatives_ = 0, corrections_ = 0;
  std::uint32_t skip_until_ = 0;  // parts of a compound that is known as a whole
  std::uint32_t previous_ = kNone, previous_position_ = 0;
  gov_range last_range_{~std::uint64_t{0}, 0};
  std::uint32_t last_group_ = 0;
};

}  // namespace

gov::Result<QueryTerms> read_query(const gov::Query& query, const View& view) {
  gov::Result<search_common::Stemmer> stemmer = search_common::Stemmer::create();
  if (!stemmer) return stemmer.status();
  return QueryReader(view, std::move(*stemmer)).read(query);
}

}  // namespace memory_search
