#include "search/snippet.h"

#include <algorithm>

#include "core/text.h"
#include "core/utf8.h"

namespace govhost::search {
namespace {

constexpr std::string_view kEllipsis = "...";
constexpr std::size_t kWindow = 200;  // bytes that the matches of one snippet may span

// The first match of the group with the most matches inside one window.
std::size_t densest(std::span<const gov_range> matches) {
  std::size_t best = 0, best_count = 0;
  for (std::size_t first = 0, last = 0; first < matches.size(); ++first) {
    last = std::max(last, first);
    while (last + 1 < matches.size() && matches[last + 1].end - matches[first].begin <= kWindow) ++last;
    if (last - first + 1 > best_count) {
      best = first;
      best_count = last - first + 1;
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

}  // namespace

std::string make_snippet(std::string_view text, std::span<const gov_range> matches) {
  std::size_t begin = 0;
  if (!matches.empty()) {
    const auto at = std::min<std::size_t>(static_cast<std::size_t>(matches[densest(matches)].begin), text.size());
    begin = at <= 60 ? 0 : word_start(text, at - 60);
  }
  const std::string_view whole = trim(text.substr(begin));
  const std::string_view lead = begin > 0 ? kEllipsis : std::string_view{};
  std::string_view kept = cut(whole, kMaxSnippet - 2 * kEllipsis.size());
  const bool ends_early = kept.size() < whole.size();
  std::string out(lead);
  out += trim(kept);
  if (ends_early) out += kEllipsis;
  return out;
}

}  // namespace govhost::search
