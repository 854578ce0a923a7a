#include "mcp/completion.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace govhost::mcp {
namespace {

constexpr std::size_t kMostValues = 100;  // MCP, server/utilities/completion
constexpr int kNoMatch = 3;

// 0: begins with it, 1: a word does, 2: contains it.
int rank_of(std::string_view name, std::string_view typed) {
  const std::string text = lower(name);
  std::size_t at = text.find(typed);
  if (at == std::string::npos) return kNoMatch;
  if (at == 0) return 0;
  for (; at != std::string::npos; at = text.find(typed, at + 1)) {
    const char before = text[at - 1];
    if (before == ' ' || before == '-' || before == '_' || before == '(') return 1;
  }
  return 2;
}

int rank_of(const content::Document& document, std::string_view typed) {
  int best = kNoMatch;
  for (const std::string* name :
       {&document.id, &document.short_id, &document.public_id, &document.title})
    best = std::min(best, rank_of(*name, typed));
  return best;
}

}  // namespace

Json complete(const content::Snapshot& snapshot, const Completes& by, std::string_view typed,
              const content::Visibility& visible) {
  std::vector<std::pair<int, const content::Document*>> found;
  const std::string wanted = lower(trim(typed));
  if (!by.kind.empty())
    for (const content::Document& document : snapshot.of_kind(by.kind))
      if (const int rank = rank_of(document, wanted); rank < kNoMatch && visible.sees(document))
        found.emplace_back(rank, &document);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Json values = Json::array();
  for (std::size_t i = 0; i < std::min(found.size(), kMostValues); ++i)
    values.push_back(by.titles ? found[i].second->plain_title : found[i].second->id);
  return {{"values", std::move(values)},
          {"total", found.size()},
          {"hasMore", found.size() > kMostValues}};
}

}  // namespace govhost::mcp
