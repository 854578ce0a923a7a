// A compiled schema and the walks over it. Internal to this folder.
#pragma once

#include "config/pattern.h"
#include "config/schema.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::config {

inline constexpr std::size_t kMaxSchemaSize = 256u << 10u;
inline constexpr std::size_t kMaxSchemaDepth = 32;

enum TypeBit : unsigned {
  kNull = 1,
  kBoolean = 2,
  kInteger = 4,
  kNumber = 8,
  kString = 16,
  kArray = 32,
  kObject = 64,
};

enum class Unit { kNone, kDuration, kBytes };

struct SchemaNode {
  using Ptr = std::unique_ptr<SchemaNode>;
  // kStrict: not said. JSON Schema accepts any member then, options of plugins none.
  enum class Additional { kUnsaid, kAllowed, kRefused, kSchema };

  unsigned types = 0;  // TypeBits; 0: any
  std::vector<std::pair<std::string, Ptr>> properties;
  std::vector<std::string> required;
  Additional additional = Additional::kUnsaid;
  Ptr additional_schema;
  Ptr items;
  std::vector<nlohmann::json> allowed;  // enum, or const as the only one; empty: any
  std::optional<nlohmann::json> default_value;
  std::optional<nlohmann::json> minimum, maximum;
  std::optional<std::uint64_t> min_length, max_length, min_items, max_items;
  bool unique_items = false;
  std::optional<Pattern> pattern;
  bool secret = false;
  bool path = false;
  Unit unit = Unit::kNone;
  bool listen = false;           // an address that clients connect to
  bool from_public_url = false;  // host.public_url is its default, or an array of it

  const SchemaNode* property(std::string_view name) const;
  // The schema of a member: its property's, or additionalProperties'; null: anything goes.
  const SchemaNode* member(std::string_view name) const;
};

struct Finding {
  std::string pointer;
  std::string message;
};

// How a walk treats what JSON Schema and the configuration file see differently.
struct Style {
  bool options = false;                         // strict about unknown keys, TOML's words
  std::size_t limit = 20;                       // of findings
  const std::set<std::string>* skip = nullptr;  // places already found wrong
};

// "an integer", "a table"
std::string type_name(const nlohmann::json& value, const Style& style);

// The rules for one value that is no container, and for the container itself.
void check_value(const SchemaNode& node, const nlohmann::json& value, const std::string& pointer,
                 const Style& style, std::vector<Finding>& findings);

// check_value for the value and everything below that the schema describes.
void find_violations(const SchemaNode& node, const nlohmann::json& value, const Style& style,
                     std::vector<Finding>& findings);

// Options as the plugin gets them.
struct Prepared {
  std::vector<Finding> findings;
  std::set<std::string> defaulted;   // pointers of what was filled in
  std::vector<std::string> secrets;  // pointers
  std::vector<std::string> paths;    // likewise
  std::vector<std::string> listens;  // addresses
};

// Fills in defaults, converts units, resolves paths and checks references to secrets in `value`,
// then looks for violations.
struct Surroundings {
  std::string directory;
  std::string public_url;                // empty: unknown
  std::vector<std::string> stores = {};  // of secrets
};
Prepared prepare(const SchemaNode& node, const Surroundings& surroundings, nlohmann::json& value);

}  // namespace govhost::config
