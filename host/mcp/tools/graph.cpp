// The tools that follow links between documents.
#include <iterator>
#include <utility>

#include "mcp/tools/families.h"

namespace govhost::mcp {

std::vector<Tool> graph_tools() {
  std::vector<Tool> all;
  for (auto family : {mapping_tools(), reference_tools(), crosswalk_tools(), section_tools(),
                      use_case_tools(), gap_tools(), assessment_tools(), comparison_tools()})
    std::move(family.begin(), family.end(), std::back_inserter(all));
  return all;
}

}  // namespace govhost::mcp
