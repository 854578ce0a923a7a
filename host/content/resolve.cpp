// Finding documents in a snapshot.
#include "content/names.h"
#include "content/snapshot.h"
#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

namespace govhost::content {
namespace {

constexpr std::size_t kMaxName = 2000;        // longer than any id, title or path that is of use
constexpr std::size_t kMaxComparedName = 64;  // the distance takes quadratic time
constexpr std::string_view kScheme = "finos://";

Resolution outcome(std::vector<const Document*> found) {
  Resolution out;
  if (found.size() == 1) out.document = found[0];
  if (found.size() > 1) out.candidates = std::move(found);
  return out;
}

// Whether `name` is one of the document's identifiers, as opposed to a title or a file name.
bool identifies(const Document& document, std::string_view name) {
  return equals_ignoring_case(document.id, name) || equals_ignoring_case(document.short_id, name) ||
         equals_ignoring_case(document.public_id, name);
}

// 0: the same; small: near; `limit` or more: not near. Containing the name is near.
std::size_t distance(std::string_view wanted, std::string_view candidate, std::size_t limit) {
  const std::string name = lower(candidate);
  if (wanted.size() >= 3 && name.find(wanted) != std::string::npos) return 1;
  if (name.size() > kMaxComparedName || name.size() > wanted.size() + limit ||
      wanted.size() > name.size() + limit) {
    return limit;
  }
  return std::min(edit_distance(wanted, name), limit);
}

// "10_prompt-injection" without its number: what people remember of an id.
std::string_view without_number(std::string_view id) {
  const std::size_t digits = id.find_first_not_of("0123456789");
  const bool numbered = digits != 0 && digits != std::string_view::npos && id[digits] == '_';
  return numbered ? id.substr(digits + 1) : id;
}

}  // namespace

std::span<const Document> Snapshot::of_kind(std::string_view kind) const {
  for (const KindRange& range : kinds_) {
    if (range.kind == kind) return documents().subspan(range.begin, range.end - range.begin);
  }
  return {};
}

std::vector<std::string_view> Snapshot::kinds() const {
  std::vector<std::string_view> out;
  for (const KindRange& range : kinds_) out.emplace_back(range.kind);
  return out;
}

bool Snapshot::holds(const Document& document) const {
  const std::less<const Document*> before;
  const Document* first = documents_.data();
  return !before(&document, first) && before(&document, first + documents_.size());
}

std::vector<const Document*> Snapshot::with_number(std::string_view kind, std::string_view digits,
                                                   const Visibility& visible) const {
  std::vector<const Document*> found;
  const std::optional<int> number = number_of(digits);
  if (!number || digits.find_first_not_of("0123456789") != std::string_view::npos) return found;
  for (const Document& document : kind.empty() ? documents() : of_kind(kind)) {
    if (document.number == number && visible.sees(document)) found.push_back(&document);
  }
  return found;
}

Resolution Snapshot::resolve(std::string_view kind, std::string_view name,
                             const Visibility& visible) const {
  const std::string_view trimmed = trim(name);
  if (trimmed.empty() || trimmed.size() > kMaxName) return {};
  std::string wanted = lower(trimmed);
  if (wanted.starts_with(kScheme)) wanted = lower(percent_decode(trimmed).value_or(wanted));

  std::vector<const Document*> found, identified;
  for (const std::uint64_t entry : names_.find(wanted)) {
    const Document& document = documents_[NameIndex::index_of(entry)];
    if ((!kind.empty() && document.kind != kind) || !visible.sees(document)) continue;
    if (identifies(document, wanted))
      identified.push_back(&document);
    else if (!has_name(document, wanted))
      continue;
    found.push_back(&document);
  }
  if (!identified.empty()) return outcome(std::move(identified));
  if (found.empty()) found = with_number(kind, wanted, visible);
  return outcome(std::move(found));
}

std::vector<const Document*> Snapshot::nearest(std::string_view kind, std::string_view name,
                                               std::size_t limit, const Visibility& visible) const {
  const std::string wanted = lower(trim(name));
  if (wanted.empty() || wanted.size() > kMaxComparedName) return {};
  const std::size_t near = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  std::vector<std::pair<std::size_t, const Document*>> found;
  for (const Document& document : kind.empty() ? documents() : of_kind(kind)) {
    if (!visible.sees(document)) continue;
    std::size_t best = near;
    for (const std::string_view candidate :
         {std::string_view(document.id), without_number(document.id),
          std::string_view(document.short_id), std::string_view(document.public_id),
          std::string_view(document.plain_title)}) {
      if (!candidate.empty()) best = std::min(best, distance(wanted, candidate, near));
    }
    if (best < near) found.emplace_back(best, &document);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Document*> out;
  for (const auto& [score, document] : found) {
    if (out.size() == limit) break;
    out.push_back(document);
  }
  return out;
}

std::vector<const Document*> Snapshot::neighbours(const Document& document, std::string_view type,
                                                  bool outward) const {
  std::vector<const Document*> out;
  if (!holds(document)) return out;
  for (const EdgeType edge : kEdgeTypes) {
    if (name_of(edge) != type || edge == EdgeType::kReferences) continue;
    const NodeId id = graph_.id_of(document);
    for (const NodeId other : outward ? graph_.out(id, edge) : graph_.in(id, edge)) {
      out.push_back(&documents_[other]);
    }
  }
  return out;
}

std::vector<const Document*> Snapshot::linking_to(const Document& target,
                                                  std::string_view type) const {
  return neighbours(target, type, false);
}

std::vector<const Document*> Snapshot::links_of(const Document& document,
                                                std::string_view type) const {
  return neighbours(document, type, true);
}

}  // namespace govhost::content
