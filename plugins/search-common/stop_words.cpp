#include "stop_words.h"

#include <algorithm>
#include <array>

namespace search_common {
namespace {

// Articles, prepositions, pronouns and the words that questions start with. "must", "shall",
// "should" and "not" are absent on purpose: they carry meaning in rules.
constexpr auto kStopWords = std::to_array<std::string_view>({
    "a",     "about", "after",   "also",    "am",     "an",    "and",     "any",  "are",   "as",
    "at",    "be",    "because", "been",    "before", "being", "between", "but",  "by",    "can",
    "could", "did",   "do",      "does",    "for",    "from",  "had",     "has",  "have",  "having",
    "he",    "her",   "his",     "how",     "i",      "if",    "in",      "into", "is",    "it",
    "its",   "me",    "my",      "of",      "on",     "or",    "our",     "ours", "she",   "so",
    "some",  "such",  "than",    "that",    "the",    "their", "them",    "then", "there", "these",
    "they",  "this",  "those",   "through", "to",     "was",   "we",      "were", "what",  "when",
    "where", "which", "while",   "who",     "whom",   "whose", "why",     "will", "with",  "would",
    "you",   "your",
});
static_assert(std::is_sorted(kStopWords.begin(), kStopWords.end()));

}  // namespace

bool is_stop_word(std::string_view lower_case_word) {
  return std::binary_search(kStopWords.begin(), kStopWords.end(), lower_case_word);
}

}  // namespace search_common
