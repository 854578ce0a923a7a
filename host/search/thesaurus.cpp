#include "search/thesaurus.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "config/fault.h"
#include "config/toml.h"
#include "config/tree.h"
#include "core/text.h"

namespace govhost::search {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxWords = 256;         // of a query
constexpr std::size_t kMaxAlternatives = 128;  // of a query
constexpr std::size_t kMaxMeanings = 24;       // of one phrase
constexpr float kTermWeight = 0.5f, kEverydayWeight = 0.4f;
constexpr std::string_view kKeys[] = {"terms", "everyday", "weight"};

}  // namespace

// Turns one file into concepts; the first fault ends it.
class Thesaurus::Reader {
 public:
  Reader(const Text& text, Thesaurus& out) : text_(text), out_(out) {}

  gov::Status run() {
    if (const auto fault = config::parse_toml(text_.toml, text_.where, tree_))
      return gov::invalid(fault->text());
    for (const auto& [key, value] : tree_.root.items())
      if (key != "concept")
        return fault("/" + key, "unknown key; a thesaurus is a list of [[concept]]");
    const Json* const list = config::member(tree_.root, "concept");
    if (!list) return {};
    if (!list->is_array()) return fault("/concept", "write [[concept]] instead of [concept]");
    for (std::size_t i = 0; i < list->size(); ++i) {
      Concept read{{}, {}, kTermWeight, kEverydayWeight};
      const std::string at = "/concept/" + std::to_string(i);
      if (gov::Status s = read_concept((*list)[i], at, read); !s.ok()) return s;
      if (gov::Status s = out_.add(read); !s.ok()) return fault(at, s.message());
    }
    return {};
  }

 private:
  gov::Status fault(const std::string& pointer, std::string message) const {
    return gov::invalid(
        config::Fault{tree_.origin(pointer), tree_.key(pointer), std::move(message)}.text());
  }

  gov::Status read_concept(const Json& table, const std::string& at, Concept& out) const {
    if (!table.is_object()) return fault(at, "must be a table");
    for (const auto& [key, value] : table.items()) {
      if (std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) continue;
      const auto near = nearest(key, kKeys);
      return fault(at + "/" + key, near ? "unknown key; did you mean " + std::string(*near) + "?"
                                        : "unknown key; use terms, everyday and weight");
    }
    if (gov::Status s = read_words(table, at, "terms", out.terms); !s.ok()) return s;
    if (out.terms.empty()) return fault(at, "terms: at least one is needed");
    if (gov::Status s = read_words(table, at, "everyday", out.everyday); !s.ok()) return s;
    const Json* const weight = config::member(table, "weight");
    if (!weight) return {};
    const double value = weight->is_number() ? weight->get<double>() : 0;
    if (!(value >= 0.05 && value <= 1))
      return fault(at + "/weight", "must be a number from 0.05 to 1");
    out.term_weight = out.everyday_weight = static_cast<float>(value);
    return {};
  }

  gov::Status read_words(const Json& table, const std::string& at, const char* key,
                         std::vector<std::string>& out) const {
    const Json* const list = config::member(table, key);
    if (!list) return {};
    const std::string place = at + "/" + key;
    if (!list->is_array()) return fault(place, "must be a list of texts");
    for (const Json& each : *list) {
      if (!each.is_string()) return fault(place, "must be a list of texts");
      out.push_back(each.get<std::string>());
    }
    return {};
  }

  const Text& text_;
  Thesaurus& out_;
  config::Tree tree_;
};

gov::Result<std::shared_ptr<const Thesaurus>> Thesaurus::parse(const std::vector<Text>& texts) {
  auto made = std::make_shared<Thesaurus>();
  for (const Text& text : texts)
    if (gov::Status s = Reader(text, *made).run(); !s.ok()) return s;
  return std::shared_ptr<const Thesaurus>(std::move(made));
}

gov::Status Thesaurus::add(const Concept& meaning) {
  std::vector<std::string_view> all;
  for (const std::string& term : meaning.terms) all.push_back(terms_.emplace_back(term));
  for (const std::string& term : meaning.terms) {
    std::vector<std::string_view> others;
    for (const std::string_view other : all)
      if (!equals_ignoring_case(other, term)) others.push_back(other);
    if (gov::Status s = add_entry(term, others, meaning.term_weight); !s.ok()) return s;
  }
  for (const std::string& words : meaning.everyday)
    if (gov::Status s = add_entry(words, all, meaning.everyday_weight); !s.ok()) return s;
  return {};
}

gov::Status Thesaurus::add_entry(const std::string& words,
                                 const std::vector<std::string_view>& terms, float weight) {
  const std::vector<Word> stems = words_.read(words, kMaxPhrase + 1);
  if (stems.empty()) return gov::invalid("\"" + words + "\" has no word in it");
  if (stems.size() > kMaxPhrase)
    return gov::invalid("\"" + words + "\" has more than " + std::to_string(kMaxPhrase) + " words");
  std::string phrase;
  Entry* entry = nullptr;
  for (const Word& word : stems) {
    if (entry) entry->continues = true;
    phrase += (phrase.empty() ? "" : " ") + word.stem;
    entry = &by_phrase_[phrase];
  }
  if (by_phrase_.size() > kMaxThesaurusEntries)
    return gov::invalid("more than " + std::to_string(kMaxThesaurusEntries) + " words and phrases");
  for (const std::string_view term : terms) {
    auto found = std::find_if(entry->meanings.begin(), entry->meanings.end(),
                              [&](const Meaning& m) { return equals_ignoring_case(m.text, term); });
    if (found != entry->meanings.end())
      found->weight = std::max(found->weight, weight);
    else if (entry->meanings.size() < kMaxMeanings)
      entry->meanings.push_back({term, weight});
  }
  return {};
}

std::vector<gov_alternative> Thesaurus::alternatives(std::string_view text) const {
  const std::vector<Word> words = words_.read(text, kMaxWords);
  std::vector<gov_alternative> out;
  std::string phrase;
  for (std::size_t first = 0; first < words.size();) {
    const Entry* longest = nullptr;
    std::size_t end = first + 1;
    phrase.clear();
    for (std::size_t last = first; last < words.size(); ++last) {
      if (last > first) phrase += ' ';
      phrase += words[last].stem;
      const auto found = by_phrase_.find(phrase);
      if (found == by_phrase_.end()) break;
      if (!found->second.meanings.empty()) {
        longest = &found->second;
        end = last + 1;
      }
      if (!found->second.continues) break;
    }
    if (longest) {
      const gov_range range{words[first].begin, words[end - 1].end};
      for (const Meaning& meaning : longest->meanings)
        if (out.size() < kMaxAlternatives)
          out.push_back({range, gov::to_c(meaning.text), meaning.weight, 0});
    }
    first = end;
  }
  return out;
}

}  // namespace govhost::search
