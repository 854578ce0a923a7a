// Parameters of a tool that modern clients repeat in HTTP headers, so that a proxy can route
// without reading the body (x-mcp-header; SEP-2243).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/json.h"
#include "mcp/protocol.h"

namespace govhost::mcp {

struct HeaderParameter {
  std::vector<std::string> path;  // names below `arguments`
  std::string header;             // "mcp-param-region"
  std::string shown;              // "Mcp-Param-Region"
};

// Takes the annotations out of an input schema, whose other keywords are not its business. What is
// wrong with one of them, or an empty text: clients drop a tool with a bad annotation.
std::string take_header_parameters(Json& schema, const std::vector<std::string>& path,
                                   std::vector<HeaderParameter>& out);

// Whether headers and arguments say the same.
std::optional<Fault> check_header_parameters(const std::vector<HeaderParameter>& parameters,
                                             const Json& arguments, const Headers& headers);

}  // namespace govhost::mcp
