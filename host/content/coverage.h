// Which risks the controls in place cover, and which others would cover most of the rest.
#pragma once

#include "content/graph.h"
#include "content/visibility.h"

#include <cstddef>
#include <span>
#include <vector>

namespace govhost::content {

// A control is any document that mitigates a risk: a mitigation of the catalogue, or a policy.
struct Coverage {
  struct Step {
    NodeId control = 0;
    std::vector<NodeId> adds;  // risks that nothing before it covers
  };
  std::vector<NodeId> covered, uncovered;  // of the risks in scope, in the order given
  std::vector<NodeId> unused;              // in place, but mitigate nothing in scope
  // The control that covers most of what is left, then the one that covers most of what is left
  // after that, and so on. Each choice is the best one then; equal ones by NodeId.
  std::vector<Step> next;
};

// Time is linear in the risks' edges for each step.
Coverage cover(const Graph& graph, std::span<const NodeId> risks, std::span<const NodeId> in_place,
               std::size_t max_steps, const Visibility& visible);

}  // namespace govhost::content
