// The effective configuration for people and for programs.
#pragma once

#include "config/model.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::config {

struct Setting {
  std::string key;    // "host.threads"
  std::string value;  // JSON text; durations and sizes with their unit: "\"20s\""
  Origin origin;
};

// One line each: `key = value  # origin`, in columns. Of URLs neither shows user and query.
std::string to_text(std::span<const Setting> settings);

// [{"key": ..., "value": ..., "origin": "govhost.toml:12"}, ...]
std::string to_json(std::span<const Setting> settings);

// The options of an instance whose plugin could not be loaded. Without its schema nobody knows
// which ones are secrets, so the values are not shown.
std::vector<Setting> hidden_options(const Instance& instance, std::string_view key_prefix);

}  // namespace govhost::config
