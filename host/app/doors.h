// Who is let in, and how often, as one configuration has it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/admission.h"
#include "access/policy.h"
#include "app/instances.h"
#include "config/model.h"
#include "mcp/offer.h"
#include "observe/log.h"
#include "serve/reaper.h"

namespace govhost::app {

// What scopes allow by the rules of a configuration.
access::Policy policy_of(const config::Policy& policy);

struct DoorParts {
  const config::Config& config;
  std::vector<std::shared_ptr<plugin::Instance>> auth;  // in the order in which they are asked
  std::shared_ptr<access::RateLimits> rates;            // null: none
  Log& log;
  Reaper& reaper;
  bool watch = false;  // the file of revocations, while somebody is served
};

// Whether what policy.revoked_file names can be read; false after adding to `problems`.
bool check_revocations(const config::Config& config, std::vector<std::string>& problems);

// From plugins that are started. Null after adding to `problems`. It keeps the plugins that it
// asks, and nothing of the configuration.
std::shared_ptr<const access::Admission> make_doors(const DoorParts& parts,
                                                    std::vector<std::string>& problems);

// Null and no problem: none are configured.
std::shared_ptr<access::RateLimits> make_limits(const std::vector<config::Limit>& limits,
                                                const mcp::Offered& offer,
                                                std::vector<std::string>& problems);

}  // namespace govhost::app
