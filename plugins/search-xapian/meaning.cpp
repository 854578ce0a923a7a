#include "meaning.h"

#include "query.h"
#include "stemmer.h"
#include "stop_words.h"
#include "terms.h"
#include "tokenizer.h"

#include <algorithm>
#include <map>
#include <utility>

namespace xapian_search {
namespace {

using gov::to_cpp;
using search_common::kMaxAlternatives;
using search_common::kMaxCorrections;
using search_common::kMaxPlaces;
using search_common::kMaxQueryTerms;
using search_common::kWholePhrase;
using search_common::Token;
using Xapian::Query;

constexpr std::size_t kTwoErrors = 6;  // letters of a word that may have two

class Reading {
 public:
  Reading(const Xapian::Database& database, search_common::Stemmer stemmer)
      : database_(database), stemmer_(std::move(stemmer)) {}

  gov::Result<Meaning> read(const gov::Query& query) {
    if (gov::Status s = read_words(query.text()); !s.ok()) return s;
    for (const gov_alternative& alternative : query.alternatives())
      if (gov::Status s = add_alternative(alternative); !s.ok()) return s;
    Meaning out;
    std::vector<Query> all;
    for (const auto& group : groups_) all.push_back(any_of(Query::OP_MAX, group));
    out.query = any_of(Query::OP_OR, all);
    if (!out.query.empty()) out.query = filtered(out.query, query.facets());
    std::sort(stems_.begin(), stems_.end());
    stems_.erase(std::unique(stems_.begin(), stems_.end()), stems_.end());
    out.stems = std::move(stems_);
    return out;
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
  // A word of the query: where it stands, and its group when it has one.
  struct Place {
    std::uint64_t begin, end;
    std::size_t group;
  };

  static Query any_of(Query::op how, const std::vector<Query>& queries) {
    return queries.size() == 1 ? queries[0] : Query(how, queries.begin(), queries.end());
  }

  Query word(const std::string& stem, double weight) {
    stems_.push_back(stem);
    return weight == 1 ? Query(stem) : Query(Query::OP_SCALE_WEIGHT, Query(stem), weight);
  }

  bool holds(const std::string& stem) const { return database_.term_exists(stem); }

  gov::Status read_words(std::string_view text) {
    search_common::Tokenizer tokenizer(text);
    std::uint32_t skip_until = 0;
    while (const Token* const token = tokenizer.next()) {
      if (token->position < skip_until) continue;
      if (token->words > 1) {
        if (!token->has_digit || !holds(std::string(token->text))) continue;  // then by its parts
        skip_until = token->position + token->words;
      } else if (search_common::is_stop_word(token->text)) {
        continue;
      }
      const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
      if (!stem) return stem.status();
      auto known = known_.find(*stem);
      if (known == known_.end()) {
        if (known_.size() == kMaxQueryTerms) return {};
        const std::string name(*stem);
        known = known_.emplace(name, add_word(*token, name)).first;
      }
      if (places_.size() < kMaxPlaces) places_.push_back({token->begin, token->end, known->second});
    }
    return {};
  }

  std::size_t add_word(const Token& token, const std::string& stem) {
    if (holds(stem)) return add_group(word(stem, 1));
    if (token.has_digit || token.words > 1 || corrections_ == kMaxCorrections) return kNone;
    ++corrections_;
    const std::string typed(token.text);
    const unsigned most = typed.size() < kTwoErrors ? 1 : 2;
    for (unsigned errors = 1; errors <= most; ++errors) {
      const std::string meant = database_.get_spelling_suggestion(typed, errors);
      if (meant.empty()) continue;
      const gov::Result<std::string_view> corrected = stemmer_.stem(meant, false);
      if (corrected && holds(std::string(*corrected)))
        return add_group(word(std::string(*corrected), errors == 1 ? 0.9 : 0.7));
    }
    return kNone;
  }

  std::size_t add_group(Query query) {
    groups_.push_back({std::move(query)});
    return groups_.size() - 1;
  }

  gov::Status add_alternative(const gov_alternative& alternative) {
    if (!(alternative.weight > 0 && alternative.weight <= 1)) return {};
    std::vector<std::string> stems;
    search_common::Tokenizer tokenizer(to_cpp(alternative.text));
    while (const Token* const token = tokenizer.next()) {
      if (token->words > 1 || search_common::is_stop_word(token->text)) continue;
      const gov::Result<std::string_view> stem = stemmer_.stem(token->text, token->has_digit);
      if (!stem) return stem.status();
      stems.emplace_back(*stem);
      if (!holds(stems.back())) return {};  // a phrase without one of its words means another thing
    }
    if (stems.empty() || alternatives_ + stems.size() > kMaxAlternatives) return {};
    alternatives_ += stems.size();
    const double share = alternative.weight * (stems.size() == 1 ? 1.0 : double{kWholePhrase}) /
                         static_cast<double>(stems.size());
    std::vector<Query> words;
    for (const std::string& stem : stems) words.push_back(word(stem, std::min(share, 1.0)));
    Query whole = any_of(Query::OP_OR, words);
    const std::size_t group = group_of(alternative.words);
    if (group == kNone)
      add_group(std::move(whole));
    else
      groups_[group].push_back(std::move(whole));
    return {};
  }

  // That of the word it stands for; what stands for several words is a group of its own.
  std::size_t group_of(const gov_range& range) {
    if (range.begin == last_.begin && range.end == last_.end && last_.group != kNone)
      return last_.group;
    std::size_t inside = 0, group = kNone;
    for (const Place& place : places_) {
      if (place.begin < range.begin || place.end > range.end) continue;
      ++inside;
      group = place.group;
    }
    if (inside != 1) group = kNone;
    last_ = {range.begin, range.end, group == kNone ? groups_.size() : group};
    return group;
  }

  static Query filtered(const Query& query, std::span<const gov_pair> facets) {
    std::map<std::string_view, std::vector<Query>> by_name;
    for (const gov_pair& facet : facets)
      if (to_cpp(facet.name) != "source")
        by_name[to_cpp(facet.name)].emplace_back(
            term_of_facet(to_cpp(facet.name), to_cpp(facet.value)));
    if (by_name.empty()) return query;
    std::vector<Query> all;
    for (const auto& [name, values] : by_name) all.push_back(any_of(Query::OP_OR, values));
    return Query(Query::OP_FILTER, query, any_of(Query::OP_AND, all));
  }

  const Xapian::Database& database_;
  search_common::Stemmer stemmer_;
  std::map<std::string, std::size_t, std::less<>> known_;  // stem to group
  std::vector<Place> places_;
  std::vector<std::vector<Query>> groups_;  // meanings of one word: the best one counts
  std::vector<std::string> stems_;
  std::size_t corrections_ = 0, alternatives_ = 0;
  Place last_{1, 0, kNone};
};

}  // namespace

gov::Result<Meaning> read_query(const gov::Query& query, const Xapian::Database& database) {
  gov::Result<search_common::Stemmer> stemmer = search_common::Stemmer::create();
  if (!stemmer) return stemmer.status();
  return Reading(database, std::move(*stemmer)).read(query);
}

}  // namespace xapian_search
