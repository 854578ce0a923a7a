#include "mcp/offer.h"

#include <utility>

namespace govhost::mcp {
namespace {

template <class Item>
std::vector<std::string> texts_of(const std::vector<Item>& items) {
  std::vector<std::string> texts;
  for (const Item& item : items) texts.push_back(item.describe().dump());
  return texts;
}

template <class Item>
const Item* find(const std::unordered_map<std::string_view, const Item*>& items,
                 std::string_view name) {
  const auto found = items.find(name);
  return found == items.end() ? nullptr : found->second;
}

}  // namespace

Offer::Offer(Features features)
    : features_(std::move(features)),
      tool_texts_(texts_of(features_.tools)),
      prompt_texts_(texts_of(features_.prompts)) {
  for (const Tool& tool : features_.tools) tool_by_name_.emplace(tool.name, &tool);
  for (const Prompt& prompt : features_.prompts) prompt_by_name_.emplace(prompt.name, &prompt);
}

const Tool* Offer::tool(std::string_view name) const { return find(tool_by_name_, name); }
const Prompt* Offer::prompt(std::string_view name) const { return find(prompt_by_name_, name); }

Offered offer(Features (*make)()) {
  return std::async(std::launch::deferred,
                    [make] { return std::make_shared<const Offer>(make()); });
}

}  // namespace govhost::mcp
