// Prompts: texts that set a model to work with the right documents at hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/json.h"
#include "mcp/tool.h"

namespace govhost::mcp {

struct PromptArgument {
  std::string name, description;
  std::size_t max_length = 0;  // code points
};

struct Prompt {
  // Writes the one user message. Arguments are checked.
  using Writer = gov::Result<std::string> (*)(const Json& arguments, ToolContext& context);

  std::string name, title, description;
  std::vector<PromptArgument> arguments;  // all required
  Writer write = nullptr;

  Json describe() const;
  // What is wrong with the arguments, or an empty text.
  std::string check(const Json& arguments) const;
};

std::vector<Prompt> all_prompts();

}  // namespace govhost::mcp
