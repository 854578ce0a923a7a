// JSON text to a compiled schema.
#include "config/names.h"
#include "config/schema_node.h"
#include "core/text.h"

#include <algorithm>
#include <array>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

// Why a schema is refused. Thrown nowhere: the first one is kept, compiling goes on harmlessly.
class Compiler {
 public:
  SchemaNode::Ptr node(const Json& json, const std::string& pointer, std::size_t depth) {
    auto out = std::make_unique<SchemaNode>();
    if (!json.is_object()) {
      fail(pointer, "a schema must be an object");
      return out;
    }
    if (depth > kMaxSchemaDepth) {
      fail(pointer, "schemas nest deeper than " + std::to_string(kMaxSchemaDepth) + " levels");
      return out;
    }
    for (const auto& [keyword, value] : json.items()) {
      const std::string at = child_pointer(pointer, keyword);
      if (!read_container(keyword, value, at, depth, *out) &&
          !read_limit(keyword, value, at, *out) && !read_rule(keyword, value, at, *out) &&
          !read_extension(keyword, value, at, *out) && !is_annotation(keyword))
        fail(pointer, "the keyword " + in_quotes(keyword) + " is not supported");
    }
    check_together(*out, pointer);
    return out;
  }

  const std::string& error() const { return error_; }

 private:
  void fail(const std::string& pointer, std::string_view message) {
    if (error_.empty())
      error_ = "schema" + (pointer.empty() ? "" : " at " + printable(pointer)) + ": " +
               std::string(message);
  }

  static bool is_annotation(std::string_view keyword) {
    constexpr std::array kAnnotations = {"title", "description", "examples", "$schema"};
    return std::find(kAnnotations.begin(), kAnnotations.end(), keyword) != kAnnotations.end();
  }

  bool read_container(const std::string& keyword, const Json& value, const std::string& at,
                      std::size_t depth, SchemaNode& out) {
    if (keyword == "properties") {
      if (!value.is_object()) fail(at, "must be an object");
      if (!value.is_object()) return true;
      for (const auto& [name, property] : value.items())
        out.properties.emplace_back(name, node(property, child_pointer(at, name), depth + 1));
    } else if (keyword == "items") {
      out.items = node(value, at, depth + 1);
    } else if (keyword == "additionalProperties") {
      using Additional = SchemaNode::Additional;
      if (value.is_boolean()) {
        out.additional = value.get<bool>() ? Additional::kAllowed : Additional::kRefused;
      } else {
        out.additional = Additional::kSchema;
        out.additional_schema = node(value, at, depth + 1);
      }
    } else {
      return false;
    }
    return true;
  }

  bool read_limit(const std::string& keyword, const Json& value, const std::string& at,
                  SchemaNode& out) {
    const std::pair<std::string_view, std::optional<std::uint64_t>*> counts[] = {
        {"minLength", &out.min_length},
        {"maxLength", &out.max_length},
        {"minItems", &out.min_items},
        {"maxItems", &out.max_items}};
    for (const auto& [name, count] : counts) {
      if (keyword != name) continue;
      if (!value.is_number_unsigned()) fail(at, "must be an integer of at least 0");
      if (value.is_number_unsigned()) *count = value.get<std::uint64_t>();
      return true;
    }
    if (keyword != "minimum" && keyword != "maximum") return false;
    if (!value.is_number()) fail(at, "must be a number");
    if (value.is_number()) (keyword == "minimum" ? out.minimum : out.maximum) = value;
    return true;
  }

  bool read_rule(const std::string& keyword, const Json& value, const std::string& at,
                 SchemaNode& out) {
    if (keyword == "type") {
      read_type(value, at, out);
    } else if (keyword == "required") {
      read_required(value, at, out);
    } else if (keyword == "enum") {
      if (!value.is_array() || value.empty()) fail(at, "must be an array of values");
      if (value.is_array()) out.allowed.assign(value.begin(), value.end());
    } else if (keyword == "const") {
      out.allowed.assign(1, value);
    } else if (keyword == "default") {
      out.default_value = value;
    } else if (keyword == "pattern") {
      read_pattern(value, at, out);
    } else if (keyword == "uniqueItems") {
      out.unique_items = flag(value, at);
    } else {
      return false;
    }
    return true;
  }

  bool read_extension(const std::string& keyword, const Json& value, const std::string& at,
                      SchemaNode& out) {
    if (keyword == "x-gov-secret") {
      out.secret = flag(value, at);
    } else if (keyword == "x-gov-path") {
      out.path = flag(value, at);
    } else if (keyword == "x-gov-unit") {
      if (value == "duration") out.unit = Unit::kDuration;
      if (value == "bytes") out.unit = Unit::kBytes;
      if (out.unit == Unit::kNone) fail(at, "must be \"duration\" or \"bytes\"");
    } else if (keyword == "x-gov-listen") {
      out.listen = flag(value, at);
    } else if (keyword == "x-gov-from") {
      out.from_public_url = value == "host.public_url";
      if (!out.from_public_url) fail(at, "must be \"host.public_url\"");
    } else {
      return false;
    }
    return true;
  }

  bool flag(const Json& value, const std::string& at) {
    if (!value.is_boolean()) fail(at, "must be true or false");
    return value.is_boolean() && value.get<bool>();
  }

  void read_type(const Json& value, const std::string& at, SchemaNode& out) {
    const Json list = value.is_array() ? value : Json::array({value});
    if (list.empty()) fail(at, "must name a type");
    for (const Json& name : list) {
      const unsigned bit = type_bit(name);
      if (bit == 0) fail(at, "must be a type of JSON Schema or an array of them");
      out.types |= bit;
    }
  }

  static unsigned type_bit(const Json& name) {
    constexpr std::pair<const char*, unsigned> kTypes[] = {
        {"null", kNull},     {"boolean", kBoolean}, {"integer", kInteger}, {"number", kNumber},
        {"string", kString}, {"array", kArray},     {"object", kObject}};
    for (const auto& [known, bit] : kTypes)
      if (name == known) return bit;
    return 0;
  }

  void read_required(const Json& value, const std::string& at, SchemaNode& out) {
    if (!value.is_array()) fail(at, "must be an array of names");
    if (!value.is_array()) return;
    for (const Json& name : value) {
      if (!name.is_string()) fail(at, "must be an array of names");
      if (name.is_string()) out.required.push_back(name.get<std::string>());
    }
  }

  void read_pattern(const Json& value, const std::string& at, SchemaNode& out) {
    if (!value.is_string()) fail(at, "must be a string");
    if (!value.is_string()) return;
    auto pattern = Pattern::compile(value.get_ref<const std::string&>());
    if (!pattern) fail(at, pattern.status().message());
    if (pattern) out.pattern = *pattern;
  }

  // What one keyword cannot know of another.
  void check_together(const SchemaNode& out, const std::string& pointer) {
    for (const std::string& name : out.required)
      if (out.property(name) == nullptr)
        fail(pointer, "requires " + in_quotes(name) + ", which is not among the properties");
    if ((out.secret || out.path) && out.types != kString)
      fail(pointer, "x-gov-secret and x-gov-path need the type \"string\"");
    if (out.unit != Unit::kNone &&
        ((out.types & ~unsigned{kInteger | kString}) != 0 || out.types == 0))
      fail(pointer, "x-gov-unit needs the type \"integer\" or \"string\"");
    if (out.unique_items &&
        (!out.items || out.items->types == 0 || (out.items->types & (kArray | kObject)) != 0))
      fail(pointer, "uniqueItems needs items of scalar types");
    if (out.default_value && error_.empty()) check_default(out, pointer);
  }

  void check_default(const SchemaNode& out, const std::string& pointer) {
    Json value = *out.default_value;
    const Prepared prepared = prepare(out, {"/", ""}, value);
    if (!prepared.findings.empty())
      fail(pointer, "the default " + prepared.findings.front().message);
  }

  std::string error_;
};

}  // namespace

gov::Result<Schema> compile(std::string_view json) {
  if (json.size() > kMaxSchemaSize) return gov::invalid("schema: is larger than 256KiB");
  // Every level of a schema is at most three of the text (properties, the name, the schema), and
  // enum and default hold values of their own.
  constexpr int kMaxTextDepth = 4 * static_cast<int>(kMaxSchemaDepth);
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > kMaxTextDepth;
    return !too_deep;
  };
  const Json parsed = Json::parse(json, watch, false);
  if (too_deep) return gov::invalid("schema: nests too deeply");
  if (parsed.is_discarded()) return gov::invalid("schema: is not valid JSON");
  Compiler compiler;
  SchemaNode::Ptr root = compiler.node(parsed, "", 1);
  if (!compiler.error().empty()) return gov::invalid(compiler.error());
  return Schema(std::shared_ptr<const SchemaNode>(std::move(root)));
}

}  // namespace govhost::config
