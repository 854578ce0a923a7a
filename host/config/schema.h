// The subset of JSON Schema (2020-12) that options of plugins and arguments of tools are described
// in: type, properties, required, additionalProperties, enum, const, default, minimum, maximum,
// minLength, maxLength, minItems, maxItems, uniqueItems, pattern, items, title, description,
// examples, $schema, and for options
//   "x-gov-secret": true       text that must name a secret, never be one
//   "x-gov-path": true         text; relative to the configuration file
//   "x-gov-unit": "duration"   written "30s", delivered as milliseconds; "bytes": written "8MiB"
//                              A plain number is taken too if the type allows "integer".
//   "x-gov-listen": true       text; ADDR:PORT that clients connect to
//   "x-gov-from": "host.public_url"   the default is what stands there, if it does
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/show.h"

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::config {

struct SchemaNode;

// Compiled, immutable, cheap to copy; may be used from several threads at once.
class Schema {
 public:
  explicit Schema(std::shared_ptr<const SchemaNode> root) : root_(std::move(root)) {}
  const SchemaNode& root() const { return *root_; }

 private:
  std::shared_ptr<const SchemaNode> root_;
};

// A keyword outside the subset is an error that names it and its place: a schema must not promise
// what nobody checks.
gov::Result<Schema> compile(std::string_view json);

struct Violation {
  std::string pointer;  // RFC 6901, of the value or of the missing member
  std::string message;  // "risk_id: must be at least 1 character long"
};

// Plain JSON Schema: nothing is filled in or converted, members without a property are accepted
// unless additionalProperties says otherwise. At most 20 violations. Time is linear in the size of
// the value; the recursion is bounded by the depth of the schema, not of the value.
std::vector<Violation> validate(const Schema& schema, const nlohmann::json& value);

struct CheckContext {
  std::string directory;            // that relative paths are relative to
  std::string public_url;           // for "x-gov-from"; empty: unknown
  std::vector<std::string> stores;  // of secrets that references may name
  std::string key_prefix;           // "source.aigf.options"
  // Where the value at this pointer, or else what is around it, was written.
  std::function<Origin(std::string_view pointer)> origin;
  // Replaces prefix and pointer as the name of a place.
  std::function<std::string(std::string_view pointer)> key;
};

struct Checked {
  // With defaults filled in, paths absolute, units converted; of use when there are no faults.
  std::shared_ptr<const nlohmann::json> options;
  std::vector<Fault> faults;
  std::vector<std::string> secrets;  // pointers of the options that name secrets
  std::vector<std::string> paths;    // likewise of those that name files and folders
  std::vector<std::string> listens;  // addresses that clients connect to
  std::vector<Setting> settings;     // of every option; none when there are faults
};

// Options written by an operator: unknown keys are faults unless additionalProperties is true.
Checked check(const Schema& schema, const nlohmann::json& options, const CheckContext& context);

// The options of one instance; `kind` as in the file: "transport", "source", "search", "auth",
// "secrets".
Checked check_options(const Schema& schema, const Config& config, std::string_view kind,
                      const Instance& instance);

}  // namespace govhost::config
