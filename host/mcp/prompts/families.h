// The parts that all_prompts() is made of.
#pragma once

#include <vector>

#include "mcp/prompts.h"

namespace govhost::mcp {

std::vector<Prompt> contract_prompts();    // the three of the reference contract
std::vector<Prompt> assessment_prompts();  // assess_use_case
std::vector<Prompt> gap_prompts();         // control_gap_analysis

}  // namespace govhost::mcp
