// What the checks found, for people, programs and auditors.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>

#include "checks/check.h"

namespace govhost::checks {

struct Summary {
  std::size_t pass = 0, attested = 0, warn = 0, fail = 0;
};
Summary summary_of(std::span<const Result> results);

// What is evidence about: the configuration by the SHA-256 of its file, the version, the time.
struct Subject {
  std::string version, config_file, config_sha256;
  std::chrono::system_clock::time_point time;
};

std::string as_text(std::span<const Result> results, const Subject& subject);
nlohmann::json as_json(std::span<const Result> results, const Subject& subject);
std::string as_junit(std::span<const Result> results, const Subject& subject);
std::string as_markdown(std::span<const Result> results, const Subject& subject);

}  // namespace govhost::checks
