// What a reload found and did.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <vector>

#include "config/model.h"
#include "config/show.h"

namespace govhost::app {

struct ReloadReport {
  struct Change {
    std::string key, from, to;  // JSON text; empty: it is not there
    std::string origin;         // of `to`: "govhost.toml:12"
  };
  std::vector<Change> changes;        // by key
  std::vector<std::string> problems;  // why nothing was put in force
  bool ok() const { return problems.empty(); }
};

nlohmann::json to_json(const ReloadReport& report);

// Of what a configuration says, wherever that is written: twelve digits.
std::string hash_of(std::span<const config::Setting> settings);

// What differs in value, wherever it is written.
std::vector<ReloadReport::Change> changes_between(std::span<const config::Setting> before,
                                                  std::span<const config::Setting> after);

// A sentence for each thing that differs and is read at the start only.
std::vector<std::string> restarts_needed(const config::Config& before, const config::Config& after,
                                         std::span<const ReloadReport::Change> changes);

}  // namespace govhost::app
