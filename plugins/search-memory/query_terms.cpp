#include "query_terms.h"

#include "stemmer.h"
#include "stop_words.h"
#include "tokenizer.h"

#include <algorithm>
#include <cmath>

namespace memory_search {
namespace {

class QueryReader {
 public:
  QueryReader(const State& state, Stemmer stemmer) : state_(state), stemmer_(std::move(stemmer)) {}

  gov::Result<QueryTerms> read(std::string_view text) {
    out_.terms.reserve(8);
    out_.pairs.reserve(8);
    Tokenizer tokenizer(text);
    while (const Token* const token = tokenizer.next()) {
      if (token->position < skip_until_) continue;
      if (token->words > 1) {
        if (!token->has_digit || !is_known(token->text)) continue;  // then by its parts
        skip_until_ = token->position + token->words;
      } else if (is_stop_word(token->text)) {
        continue;
      }
      const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
      if (!stem) return stem.status();
      if (!add(*stem, token->position)) break;
    }
    look_up();
    return std::move(out_);
  }

 private:
  bool is_known(std::string_view term) const {
    return std::any_of(state_.parts.begin(), state_.parts.end(),
                       [&](const Part& part) { return part.segment->find_term(term).has_value(); });
  }

  // False when the query has more distinct terms than are used.
  bool add(std::string_view text, std::uint32_t position) {
    const auto found = std::find_if(out_.terms.begin(), out_.terms.end(),
                                    [&](const QueryTerm& term) { return term.text == text; });
    const auto number = static_cast<std::uint32_t>(found - out_.terms.begin());
    if (found == out_.terms.end()) {
      if (out_.terms.size() == kMaxQueryTerms) return false;
      out_.terms.push_back({std::string(text)});
    }
    const std::uint32_t distance = position - previous_position_;
    if (previous_ != kNone && previous_ != number && distance <= kFieldGap &&
        out_.pairs.size() < kMaxQueryTerms)
      out_.pairs.push_back({previous_, number, distance});
    previous_ = number;
    previous_position_ = position;
    return true;
  }

  void look_up() {
    const std::size_t n = out_.terms.size();
    out_.entries.assign(state_.parts.size() * n, nullptr);
    for (std::size_t p = 0; p < state_.parts.size(); ++p) {
      const Segment& segment = *state_.parts[p].segment;
      for (std::size_t t = 0; t < n; ++t) {
        const auto found = segment.find_term(out_.terms[t].text);
        if (!found) continue;
        out_.entries[p * n + t] = &segment.entries[*found];
        out_.terms[t].passages += segment.entries[*found].passages;
      }
    }
    for (QueryTerm& term : out_.terms) {
      if (term.passages == 0) continue;
      ++out_.known;
      const auto with = static_cast<double>(term.passages);
      const double without = static_cast<double>(state_.by_id.size()) - with;
      term.idf = static_cast<float>(std::log1p((without + 0.5) / (with + 0.5)));
    }
    std::erase_if(out_.pairs, [&](const TermPair& pair) {
      return out_.terms[pair.first].passages == 0 || out_.terms[pair.second].passages == 0;
    });
  }

  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  const State& state_;
  Stemmer stemmer_;
  QueryTerms out_;
  std::uint32_t skip_until_ = 0;  // parts of a compound that is known as a whole
  std::uint32_t previous_ = kNone, previous_position_ = 0;
};

}  // namespace

gov::Result<QueryTerms> read_query(std::string_view text, const State& state) {
  if (text.size() > kMaxQueryBytes)
    return gov::invalid("the query has " + std::to_string(text.size()) + " bytes, at most " +
                        std::to_string(kMaxQueryBytes) + " are allowed: shorten it");
  gov::Result<Stemmer> stemmer = Stemmer::create();
  if (!stemmer) return stemmer.status();
  return QueryReader(state, std::move(*stemmer)).read(text);
}

}  // namespace memory_search
