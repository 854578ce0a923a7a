// Pictures that clients show beside tools, prompts and resources.
#pragma once

#include "mcp/json.h"

namespace govhost::mcp {

enum class Picture { kDocument, kSearch, kShield, kPulse, kGraph };

// An Icon object of MCP whose source is a data: URI, so that a client fetches nothing.
Json icon(Picture picture);

}  // namespace govhost::mcp
