// What a server offers, as its lists show it and by name.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mcp/features.h"

namespace govhost::mcp {

// Immutable: any number of threads.
class Offer {
 public:
  explicit Offer(Features features);
  Offer(const Offer&) = delete;
  Offer& operator=(const Offer&) = delete;

  const Features& features() const { return features_; }
  const Tool* tool(std::string_view name) const;      // null: there is none
  const Prompt* prompt(std::string_view name) const;  // null: there is none
  // JSON objects, in the order of the features.
  const std::vector<std::string>& tool_texts() const { return tool_texts_; }
  const std::vector<std::string>& prompt_texts() const { return prompt_texts_; }

 private:
  const Features features_;
  std::unordered_map<std::string_view, const Tool*> tool_by_name_;
  std::unordered_map<std::string_view, const Prompt*> prompt_by_name_;
  const std::vector<std::string> tool_texts_, prompt_texts_;
};

// Who serves makes it beside other things: the schemas of all tools take 5 ms.
using Offered = std::shared_future<std::shared_ptr<const Offer>>;

// Made by the first who needs it.
Offered offer(Features (*make)());

}  // namespace govhost::mcp
