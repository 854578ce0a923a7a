#include "content/name_index.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>

#include "core/text.h"

namespace govhost::content {
namespace {

// Calls `take` with each name until it says true; those that need no copy first.
template <class Take>
bool any_name(const Document& document, const Take& take) {
  const Provenance& from = document.provenance;
  const std::string_view filename = document.filename;
  for (const std::string_view name : std::initializer_list<std::string_view>{
           document.id, document.short_id, document.public_id, filename,
           filename.substr(0, filename.rfind('.')), document.title, document.plain_title, from.key})
    if (!name.empty() && take(name)) return true;
  return take(percent_decode(document.uri).value_or(document.uri)) ||
         take(from.source + ":" + from.key);
}

std::uint64_t upper_half(std::string_view lower_name) {
  return std::uint64_t{std::hash<std::string_view>{}(lower_name)} & 0xffff'ffff'0000'0000u;
}

}  // namespace

bool has_name(const Document& document, std::string_view name) {
  return any_name(document, [&](std::string_view own) { return equals_ignoring_case(own, name); });
}

NameIndex::NameIndex(std::span<const Document> documents, const Lineage& lineage,
                     const NameIndex& before) {
  std::vector<std::uint64_t> fresh;
  for (const std::uint32_t index : lineage.fresh)
    any_name(documents[index], [&](std::string_view name) {
      fresh.push_back(upper_half(lower(name)) | index);
      return false;
    });
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());

  std::vector<std::uint64_t> carried;
  carried.reserve(before.entries_.size());
  for (const std::uint64_t entry : before.entries_) {
    const std::uint32_t index = lineage.moved[index_of(entry)];
    if (index != Lineage::kGone) carried.push_back((entry & 0xffff'ffff'0000'0000u) | index);
  }
  entries_.reserve(carried.size() + fresh.size());
  std::merge(carried.begin(), carried.end(), fresh.begin(), fresh.end(),
             std::back_inserter(entries_));
}

std::span<const std::uint64_t> NameIndex::find(std::string_view name) const {
  const std::uint64_t hash = upper_half(name);
  const auto begin = std::lower_bound(entries_.begin(), entries_.end(), hash);
  auto end = begin;
  while (end != entries_.end() && (*end & 0xffff'ffff'0000'0000u) == hash) ++end;
  return {begin, end};
}

}  // namespace govhost::content
