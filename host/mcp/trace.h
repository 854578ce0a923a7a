// The trace that a client says a request belongs to.
#pragma once

#include <string_view>

#include "mcp/message.h"

namespace govhost::mcp {

// The trace id of _meta.traceparent (W3C Trace Context, 3.2; MCP, basic: reserved keys of _meta): 32
// lower-case hexadecimal digits, a view into the message. Empty: there is none that is valid.
std::string_view trace_id_of(const Message& message);

}  // namespace govhost::mcp
