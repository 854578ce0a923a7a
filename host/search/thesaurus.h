// The vocabulary of the field: what else the words of a query may be called in documents.
#pragma once

#include <gov/abi/search.h>
#include <gov/status.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "search/words.h"

namespace govhost::search {

inline constexpr std::size_t kMaxThesaurusEntries = 20'000;  // words and phrases of one file
inline constexpr std::size_t kMaxPhrase = 6;                 // words of one entry

// Immutable once made; any number of threads may ask.
class Thesaurus {
 public:
  // From TOML; `where` names it in messages ("thesaurus.toml"). Several are joined in their order.
  // INVALID_ARGUMENT names the line, what is wrong and the fix.
  struct Text {
    std::string_view toml;
    std::string where;
  };
  static gov::Result<std::shared_ptr<const Thesaurus>> parse(const std::vector<Text>& texts);

  // The one that is built into the host, config/thesaurus.toml.
  static std::string_view builtin();

  // For every longest run of words that the thesaurus knows, what may be meant; ascending by place.
  // Views of the thesaurus. Linear in the text, of which the first words count only.
  std::vector<gov_alternative> alternatives(std::string_view text) const;

  std::size_t entries() const { return by_phrase_.size(); }

 private:
  struct Meaning {
    std::string_view text;
    float weight;
  };
  // What a run of stems, joined by blanks, stands for.
  struct Entry {
    std::vector<Meaning> meanings;  // empty: only the beginning of a longer one
    bool continues = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Concept {
    std::vector<std::string> terms, everyday;
    float term_weight, everyday_weight;
  };
  class Reader;

  gov::Status add(const Concept& meaning);
  gov::Status add_entry(const std::string& words, const std::vector<std::string_view>& terms,
                        float weight);

  WordReader words_;
  std::deque<std::string> terms_;  // views into it stay valid
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> by_phrase_;
};

}  // namespace govhost::search
