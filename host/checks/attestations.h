// The file in which people attest what no program can see.
#pragma once

#include <gov/status.hpp>

#include <map>
#include <string>

#include "checks/check.h"

namespace govhost::checks {

// [[attestation]] with check, by, until (a date) and reference. An error names the line, a check
// that is none or needs no attestation, and what is missing.
gov::Result<std::map<std::string, Attestation>> read_attestations(const std::string& file);

}  // namespace govhost::checks
