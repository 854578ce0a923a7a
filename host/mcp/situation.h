// Which controls are in place and which risks are in scope: what a gap analysis starts from.
#pragma once

#include <span>
#include <unordered_set>
#include <vector>

#include "mcp/lookup.h"

namespace govhost::mcp {

// Each document once, in the order added.
struct Situation {
  std::vector<content::NodeId> risks, in_place;
  std::vector<Lookup> unresolved;  // names that led nowhere

  // Names of an array: mitigations, or other documents that mitigate something (a policy).
  void add_controls(const ToolContext& context, const Json& names);
  void add_risks(const ToolContext& context, std::span<const content::Document* const> risks);
  // Those that a use case names, as far as the caller may see them.
  void add_risks_of(const ToolContext& context, const content::Document& use_case);
  void add_all_risks(const ToolContext& context);

 private:
  std::unordered_set<content::NodeId> seen_;
};

}  // namespace govhost::mcp
