// The audit trail as it is configured, and what operators do as records of it.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/trail.h"
#include "config/model.h"
#include "observe/log.h"

namespace govhost::app {

// False after adding to `problems`. None is wanted: true, and null.
bool open_trail(const config::Audit& config, Log& log, std::unique_ptr<audit::Trail>& trail,
                std::vector<std::string>& problems);

// A request of the control socket and how it ended; those that only look are not recorded.
void record_control(audit::Trail* trail, const nlohmann::json& request,
                    const gov::Result<nlohmann::json>& answer, std::string_view snapshot);

}  // namespace govhost::app
