#include "mcp/prompts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/utf8.h"
#include "mcp/icons.h"
#include "mcp/prompts/families.h"

namespace govhost::mcp {
PromptAnswer PromptAnswer::text(std::string_view text) {
  return {{{{"role", "user"}, {"content", {{"type", "text"}, {"text", text}}}}}};
}

Json Prompt::describe() const {
  Json list = Json::array();
  for (const PromptArgument& a : arguments)
    list.push_back({{"name", a.name}, {"description", a.description}, {"required", a.required}});
  return {{"name", name},
          {"title", title},
          {"description", description},
          {"icons", {icon(Picture::kDocument)}},
          {"arguments", std::move(list)}};
}

std::string Prompt::check(const Json& given) const {
  for (const PromptArgument& a : arguments) {
    const Json* const value = member(given, a.name);
    if (!value && !a.required) continue;
    if (!value) return a.name + ": is required";
    if (!value->is_string()) return a.name + ": must be a string";
    const std::size_t length = count_code_points(value->get_ref<const std::string&>());
    if (length == 0 && a.required) return a.name + ": must not be empty";
    if (length > a.max_length)
      return a.name + ": has " + std::to_string(length) + " characters; at most " +
             std::to_string(a.max_length) + " are allowed";
  }
  if (given.is_object())
    for (const auto& [key, value] : given.items())
      if (std::none_of(arguments.begin(), arguments.end(),
                       [&](const PromptArgument& a) { return a.name == key; }))
        return key + ": is no argument of this prompt";
  return {};
}

std::vector<Prompt> all_prompts() {
  std::vector<Prompt> all;
  for (auto family : {contract_prompts(), assessment_prompts(), gap_prompts()})
    std::move(family.begin(), family.end(), std::back_inserter(all));
  return all;
}

}  // namespace govhost::mcp
