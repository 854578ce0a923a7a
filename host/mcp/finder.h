// Search as one caller may use it.
#pragma once

#include <gov/status.hpp>

#include <string_view>
#include <vector>

#include "mcp/tool.h"
#include "search/service.h"

namespace govhost::mcp {

// Hits that the caller may see, as documents of the generation that the call answers from. The
// index may still be that of the generation before. `source`: of this one only; empty: of all.
gov::Result<search::Results> find(ToolContext& context, search::Request request,
                                  std::string_view source = {});

// The kinds of documents that the caller may see any of.
std::vector<std::string_view> visible_kinds(const ToolContext& context);

// The sources that the caller may see.
std::vector<std::string_view> visible_sources(const ToolContext& context);

}  // namespace govhost::mcp
