#include "config/tree.h"

#include "config/names.h"
#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace govhost::config {
namespace {

bool is_below(std::string_view pointer, std::string_view parent) {
  return pointer.starts_with(parent) &&
         (pointer.size() == parent.size() || pointer[parent.size()] == '/');
}

// The name of the instance at this index of the list, or empty.
std::string instance_name(const nlohmann::json& root, std::string_view list,
                          std::string_view index_text) {
  const nlohmann::json* instances = member(root, list);
  std::size_t index = 0;
  std::from_chars(index_text.data(), index_text.data() + index_text.size(), index);
  if (instances == nullptr || !instances->is_array() || index >= instances->size()) return {};
  const std::string name = text_of((*instances)[index], "name");
  const auto same = std::count_if(instances->begin(), instances->end(), [&](const auto& other) {
    return text_of(other, "name") == name;
  });
  return is_name(name) && same == 1 ? name : std::string();
}

}  // namespace

Origin Tree::origin(std::string_view pointer) const {
  for (;;) {
    const auto found = origins.find(pointer);
    if (found != origins.end()) return found->second;
    if (pointer.empty()) return {"default", 0};
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

void Tree::rewrite_origin(std::string_view pointer, Origin from) {
  auto first = origins.lower_bound(pointer);
  while (first != origins.end() && first->first.starts_with(pointer))
    first = is_below(first->first, pointer) ? origins.erase(first) : std::next(first);
  origins.insert_or_assign(std::string(pointer), std::move(from));
}

std::vector<std::pair<std::string, Origin>> Tree::origins_below(std::string_view pointer) const {
  std::vector<std::pair<std::string, Origin>> below;
  for (auto at = origins.lower_bound(pointer);
       at != origins.end() && at->first.starts_with(pointer); ++at)
    if (is_below(at->first, pointer))
      below.emplace_back(at->first.substr(pointer.size()), at->second);
  return below;
}

std::string Tree::key(std::string_view pointer) const {
  const std::vector<std::string_view> parts = split(pointer, '/');  // the first one is empty
  if (parts.size() < 3 || !is_instance_list(parts[1])) return dotted(pointer);
  const std::string name = instance_name(root, parts[1], parts[2]);
  if (name.empty()) return dotted(pointer);
  const std::size_t prefix = 1 + parts[1].size() + 1 + parts[2].size();
  return std::string(parts[1]) + "." + name +
         (prefix == pointer.size() ? "" : "." + dotted(pointer.substr(prefix)));
}

const nlohmann::json* member(const nlohmann::json& table, std::string_view key) {
  if (!table.is_object()) return nullptr;
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &*found;
}

std::string text_of(const nlohmann::json& table, std::string_view key) {
  const nlohmann::json* value = member(table, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

bool is_instance_list(std::string_view key) {
  return std::find(std::begin(kInstanceLists), std::end(kInstanceLists), key) !=
         std::end(kInstanceLists);
}

}  // namespace govhost::config
