#include "correction.h"

#include "spellings.h"

#include <algorithm>
#include <map>

namespace memory_search {
namespace {

constexpr std::size_t kTwoErrors = 6;  // letters of a word that may have two

}  // namespace

Correction correct_word(std::string_view word, const View& view) {
  if (!Spellings::worth_keeping(word)) return {};
  std::uint32_t most = word.size() < kTwoErrors ? 1 : 2;
  std::vector<std::string_view> near;
  for (const Part& part : view.state().parts) {
    const auto seen = [&](std::uint32_t term) {
      return view.whole() ? part.passages_with(term) > 0
                          : view.passages_with(part.segment->terms[term]) > 0;
    };
    part.segment->spellings.nearest(word, most, near, seen);
  }
  if (near.empty()) return {};

  const auto begins_alike = [&](std::string_view s) { return s.front() == word.front(); };
  if (std::any_of(near.begin(), near.end(), begins_alike))
    std::erase_if(near, [&](std::string_view s) { return !begins_alike(s); });

  // Every segment that knows a spelling names its term; the term may be in further segments.
  std::map<std::string_view, std::uint64_t> passages;  // by term
  for (const Part& part : view.state().parts)
    for (const std::string_view spelling : near)
      if (const auto found = part.segment->spellings.find(spelling))
        passages[part.segment->terms[part.segment->spellings.term(*found)]] = 0;
  for (auto& [term, count] : passages) count = view.passages_with(term);
  const auto best =
      std::max_element(passages.begin(), passages.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return {most, std::string(best->first), best->second};
}

}  // namespace memory_search
