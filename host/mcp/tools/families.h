// The parts that graph_tools() is made of.
#pragma once

#include <vector>

#include "mcp/tool.h"

namespace govhost::mcp {

std::vector<Tool> mapping_tools();     // map_risks_to_mitigations
std::vector<Tool> reference_tools();   // get_references
std::vector<Tool> crosswalk_tools();   // find_by_reference, get_framework_entry
std::vector<Tool> section_tools();     // get_section
std::vector<Tool> use_case_tools();    // list_use_cases, get_use_case
std::vector<Tool> gap_tools();         // analyze_gaps
std::vector<Tool> assessment_tools();  // assess_use_case
std::vector<Tool> comparison_tools();  // compare_snapshots

}  // namespace govhost::mcp
