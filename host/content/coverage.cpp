#include "content/coverage.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

namespace govhost::content {
namespace {

using Ids = std::unordered_set<NodeId>;

// The risks still uncovered that each control would cover; ordered, so that equal ones are chosen
// alike everywhere.
std::map<NodeId, std::size_t> gains_of(const Graph& graph, const std::vector<NodeId>& uncovered,
                                       const Visibility& visible) {
  std::map<NodeId, std::size_t> gains;
  for (const NodeId risk : uncovered) {
    for (const NodeId control : graph.in(risk, EdgeType::kMitigates)) {
      if (visible.sees(graph.document(control))) ++gains[control];
    }
  }
  return gains;
}

}  // namespace

Coverage cover(const Graph& graph, std::span<const NodeId> risks, std::span<const NodeId> in_place,
               std::size_t max_steps, const Visibility& visible) {
  Coverage out;
  const Ids scope(risks.begin(), risks.end()), controls(in_place.begin(), in_place.end());
  for (const NodeId risk : risks) {
    const auto by = graph.in(risk, EdgeType::kMitigates);
    const bool covered = std::any_of(by.begin(), by.end(),
                                     [&](NodeId control) { return controls.contains(control); });
    (covered ? out.covered : out.uncovered).push_back(risk);
  }
  for (const NodeId control : in_place) {
    const auto of = graph.out(control, EdgeType::kMitigates);
    if (std::none_of(of.begin(), of.end(), [&](NodeId risk) { return scope.contains(risk); })) {
      out.unused.push_back(control);
    }
  }

  std::map<NodeId, std::size_t> gains = gains_of(graph, out.uncovered, visible);
  Ids left(out.uncovered.begin(), out.uncovered.end());
  while (out.next.size() < max_steps && !left.empty()) {
    const auto best =
        std::max_element(gains.begin(), gains.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (best == gains.end() || best->second == 0) break;
    Coverage::Step step{best->first, {}};
    for (const NodeId risk : graph.out(step.control, EdgeType::kMitigates)) {
      if (left.erase(risk) == 0) continue;
      step.adds.push_back(risk);
      for (const NodeId control : graph.in(risk, EdgeType::kMitigates)) {
        if (const auto gain = gains.find(control); gain != gains.end()) --gain->second;
      }
    }
    out.next.push_back(std::move(step));
  }
  return out;
}

}  // namespace govhost::content
