#include "mcp/situation.h"

#include <algorithm>
#include <utility>

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

Lookup find_control(const ToolContext& context, const std::string& name) {
  Lookup mitigation = find_document(context, content::kMitigation, name);
  if (mitigation) return mitigation;
  Lookup any = find_document(context, {}, name);
  if (!any) return mitigation;
  const Graph& graph = context.generation->snapshot().graph();
  const bool controls =
      !visible_of(context, graph.out(graph.id_of(*any.document), EdgeType::kMitigates)).empty();
  return controls ? any : mitigation;
}

}  // namespace

void Situation::add_controls(const ToolContext& context, const Json& names) {
  for (const Json& name : names) {
    Lookup found = find_control(context, name.get_ref<const std::string&>());
    if (!found) {
      unresolved.push_back(std::move(found));
    } else {
      const NodeId id = context.generation->snapshot().graph().id_of(*found.document);
      if (seen_.insert(id).second) in_place.push_back(id);
    }
  }
}

void Situation::add_risks(const ToolContext& context, std::span<const Document* const> documents) {
  for (const Document* risk : documents) {
    const NodeId id = context.generation->snapshot().graph().id_of(*risk);
    if (seen_.insert(id).second) risks.push_back(id);
  }
}

void Situation::add_risks_of(const ToolContext& context, const Document& use_case) {
  const Graph& graph = context.generation->snapshot().graph();
  for (const NodeId risk :
       visible_of(context, graph.out(graph.id_of(use_case), EdgeType::kRelatedRisks)))
    if (seen_.insert(risk).second) risks.push_back(risk);
}

void Situation::add_all_risks(const ToolContext& context) {
  for (const Document& risk : context.generation->snapshot().of_kind(content::kRisk))
    if (const Document* const each = &risk; context.visible.sees(risk))
      add_risks(context, {&each, 1});
}

}  // namespace govhost::mcp
