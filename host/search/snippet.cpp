#include "search/snippet.h"

#include <algorithm>

#include "core/text.h"
#include "core/utf8.h"

namespace govhost::search {
namespace {

constexpr std::string_view kEllipsis = "...";
// Bytes that the matches of one snippet may span. Up to 84 stand before the first, up to 40 may be
// cut off behind the last.
constexpr std::size_t kWindow = 150;

// Two forms of one word ("poison", "poisoning") begin alike; the backend's stems are not known
// here.
bool same_word(std::string_view text, const gov_range& a, const gov_range& b) {
  constexpr std::size_t kStem = 4;
  const auto begin = [&](const gov_range& r) {
    return text.substr(static_cast<std::size_t>(r.begin),
                       std::min(kStem, static_cast<std::size_t>(r.end - r.begin)));
  };
  return equals_ignoring_case(begin(a), begin(b));
}

// How well a group of matches answers the query: first by how many of its words are there, then by
// words that stand together as a phrase does, then by their number.
std::size_t worth(std::string_view text, std::span<const gov_range> group) {
  std::size_t distinct = 0, neighbours = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto earlier = group.first(i);
    distinct += std::none_of(earlier.begin(), earlier.end(),
                             [&](const gov_range& r) { return same_word(text, r, group[i]); });
    neighbours +=
        i > 0 && group[i].begin <= group[i - 1].end + 1 && !same_word(text, group[i - 1], group[i]);
  }
  return distinct * 10'000 + neighbours * 100 + std::min<std::size_t>(group.size(), 99);
}

// The first match of the best group inside one window.
std::size_t densest(std::string_view text, std::span<const gov_range> matches) {
  std::size_t best = 0, best_worth = 0;
  for (std::size_t first = 0; first < matches.size(); ++first) {
    std::size_t last = first;
    while (last + 1 < matches.size() && matches[last + 1].end - matches[first].begin <= kWindow)
      ++last;
    const std::size_t value = worth(text, matches.subspan(first, last - first + 1));
    if (value > best_worth) {
      best = first;
      best_worth = value;
    }
  }
  return best;
}

std::size_t word_start(std::string_view text, std::size_t at) {
  const std::size_t limit = at > 24 ? at - 24 : 0;
  for (std::size_t i = at; i > limit; --i)
    if (text[i - 1] == ' ') return i;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u) ++at;
  return at;
}

// As many code points as allowed, in whole words where possible.
std::string_view cut(std::string_view text, std::size_t code_points) {
  std::size_t seen = 0, at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u && ++seen > code_points) break;
  if (at >= text.size()) return text;
  const std::size_t blank = text.rfind(' ', at);
  return text.substr(0, blank != std::string_view::npos && blank + 40 > at ? blank : at);
}

// The matches that lie in the part of the text that is shown, counted in characters of `shown`,
// where that part begins at byte `lead`.
std::vector<Snippet::Mark> marks_in(const std::string& shown, std::size_t lead, std::size_t part,
                                    std::size_t size, std::span<const gov_range> matches) {
  std::vector<Snippet::Mark> marks;
  std::size_t at = 0, characters = 0;
  const auto character_at = [&](std::size_t byte) {
    for (; at < byte; ++at) characters += (static_cast<unsigned char>(shown[at]) & 0xC0u) != 0x80u;
    return characters;
  };
  for (const gov_range& match : matches) {
    if (match.begin < part || match.end > part + size) continue;
    const std::size_t begin = character_at(lead + static_cast<std::size_t>(match.begin) - part);
    marks.push_back({begin, character_at(lead + static_cast<std::size_t>(match.end) - part)});
  }
  return marks;
}

}  // namespace

Snippet make_snippet(std::string_view text, std::span<const gov_range> matches) {
  std::size_t begin = 0;
  if (!matches.empty()) {
    const auto at = std::min<std::size_t>(
        static_cast<std::size_t>(matches[densest(text, matches)].begin), text.size());
    begin = at <= 60 ? 0 : word_start(text, at - 60);
  }
  const std::string_view whole = trim(text.substr(begin));
  const std::string_view lead = begin > 0 ? kEllipsis : std::string_view{};
  std::string_view kept = cut(whole, kMaxSnippet - 2 * kEllipsis.size());
  const bool ends_early = kept.size() < whole.size();
  kept = trim(kept);
  Snippet out;
  out.text = lead;
  out.text += kept;
  const auto part = static_cast<std::size_t>(kept.data() - text.data());
  out.marks = marks_in(out.text, lead.size(), part, kept.size(), matches);
  if (ends_early) out.text += kEllipsis;
  return out;
}

}  // namespace govhost::search
