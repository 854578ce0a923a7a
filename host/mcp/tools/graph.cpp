// The tools that follow links between documents.
#include <utility>

#include "mcp/tools/families.h"

namespace govhost::mcp {

std::vector<Tool> graph_tools() {
  std::vector<Tool> all;
  for (const auto family : {mapping_tools, reference_tools, crosswalk_tools, section_tools,
                            use_case_tools, gap_tools, assessment_tools, comparison_tools})
    for (Tool& tool : family()) all.push_back(std::move(tool));
  for (Tool& tool : all) tool.cacheable = true;
  return all;
}

}  // namespace govhost::mcp
