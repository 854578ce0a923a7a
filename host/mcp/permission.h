// What a request wants to use, and whether its caller may.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/policy.h"
#include "mcp/work.h"
#include "plugin/adapters.h"

namespace govhost::mcp {

// The scopes that `principal` lacks for it, as a challenge names them; nullopt: he may. Empty: no
// scope would help.
std::optional<std::vector<std::string>> lacking(const access::Policy& policy, const Work& work,
                                                const plugin::Principal& principal);

}  // namespace govhost::mcp
