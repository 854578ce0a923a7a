// Prompts: texts that set a model to work with the right documents at hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/completion.h"
#include "mcp/json.h"
#include "mcp/tool.h"

namespace govhost::mcp {

struct PromptArgument {
  std::string name, description;
  std::size_t max_length = 0;  // code points
  Completes completes{};
  bool required = true;  // else it may be missing, or empty
};

// Messages as prompts/get has them, or what the client has to be asked first.
struct PromptAnswer {
  Json messages;
  std::optional<InputNeeded> input{};

  // One message of the user.
  static PromptAnswer text(std::string_view text);
};

struct Prompt {
  // Arguments are checked. INVALID_ARGUMENT: the message is for the client.
  using Writer = gov::Result<PromptAnswer> (*)(const Json& arguments, ToolContext& context);

  std::string name, title, description;
  std::vector<PromptArgument> arguments;
  Writer write = nullptr;

  Json describe() const;
  // What is wrong with the arguments, or an empty text.
  std::string check(const Json& arguments) const;
};

std::vector<Prompt> all_prompts();

}  // namespace govhost::mcp
