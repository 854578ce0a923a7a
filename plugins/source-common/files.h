// What every source of files decides in the same way: which of them are served, and as what.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace source {

// The two options as they stand in a plugin's schema.
#define SOURCE_PATTERNS_SCHEMA                                                              \
  "\"include\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}, "                  \
  "\"default\": [\"**/*.md\", \"**/*.yml\", \"**/*.yaml\"], "                               \
  "\"description\": \"Patterns of the files to serve, relative to path.\"}, "               \
  "\"exclude\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"default\": [], " \
  "\"description\": \"Patterns of the files to leave out although they are included.\"}"

class Patterns {
 public:
  // Reads `include` and `exclude`; the schema has made sure of neither their number nor form.
  static gov::Result<Patterns> read(const nlohmann::json& options);

  bool serve(std::string_view key) const;

 private:
  std::vector<std::string> include_{"**/*.md", "**/*.yml", "**/*.yaml"}, exclude_;
};

// Of a folder's path: none at either end.
std::string without_slashes(std::string path);

std::string_view media_type_of(std::string_view key);

// Escapes what RFC 3986, 2.3 does not leave alone, but for '/'.
std::string escaped(std::string_view key);

}  // namespace source
