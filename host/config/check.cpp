// Options of operators: defaults, units, paths, secrets, and every fault with its place.
#include "config/names.h"
#include "config/schema_node.h"
#include "config/secret_reference.h"
#include "config/units.h"

#include <chrono>
#include <filesystem>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSecretKinds =
    "must name a secret (\"env:NAME\", \"file:/path\", \"cred:NAME\", \"exec:/path\"";

constexpr Style kStyle{.options = true, .limit = kMaxFaults};

// Brings one tree of options into the form the plugin gets. Recurses along the schema.
class Preparation {
 public:
  Preparation(const Surroundings& around, Prepared& out, std::set<std::string>& wrong)
      : directory_(around.directory),
        public_url_(around.public_url),
        stores_(around.stores),
        out_(out),
        wrong_(wrong) {}

  void visit(const SchemaNode& node, Json& value, const std::string& pointer) {
    if (node.unit != Unit::kNone) return convert(node, value, pointer);
    if (node.secret) return check_secret(value, pointer);
    if (value.is_object()) {
      fill(node, value, pointer);
      for (auto& [name, member] : value.items())
        if (const SchemaNode* known = node.member(name))
          visit(*known, member, child_pointer(pointer, name));
      return;
    }
    if (value.is_array()) {
      for (std::size_t i = 0; node.items && i < value.size(); ++i)
        visit(*node.items, value[i], child_pointer(pointer, i));
      return;
    }
    if (node.path && value.is_string()) resolve(value, pointer);
    if (node.listen && value.is_string()) out_.listens.push_back(value.get<std::string>());
  }

 private:
  void fail(const std::string& pointer, std::string message) {
    out_.findings.push_back({pointer, std::move(message)});
    wrong_.insert(pointer);
  }

  void fill(const SchemaNode& node, Json& table, const std::string& pointer) {
    for (const auto& [name, property] : node.properties) {
      if (table.contains(name)) continue;
      if (property->default_value) {
        table[name] = *property->default_value;
      } else if (property->from_public_url && !public_url_.empty()) {
        table[name] = public_url_;
        if (property->types == kArray) table[name] = Json::array({public_url_});
      } else if (has_defaults(*property)) {
        table[name] = Json::object();  // its own members are filled in when it is visited
      } else {
        continue;
      }
      out_.defaulted.insert(child_pointer(pointer, name));
    }
  }

  // A table that may be left out, although some of its members have defaults.
  static bool has_defaults(const SchemaNode& node) {
    if (node.types != kObject || !node.required.empty()) return false;
    for (const auto& [name, property] : node.properties)
      if (property->default_value || has_defaults(*property)) return true;
    return false;
  }

  void convert(const SchemaNode& node, Json& value, const std::string& pointer) {
    if (value.is_number_integer() && (node.types & kInteger) != 0) {
      if (value < 0) fail(pointer, "must not be negative");
      return;
    }
    const bool duration = node.unit == Unit::kDuration;
    if (!value.is_string() && !value.is_number_integer()) {
      const char* wanted = duration ? "a duration such as \"30s\"" : "a size such as \"8MiB\"";
      return fail(pointer, std::string("must be ") + wanted + ", is " + type_name(value, kStyle));
    }
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (duration) {
      const auto parsed = parse_duration(text);
      if (!parsed) return fail(pointer, parsed.status().message());
      value = parsed->count();
    } else {
      const auto parsed = parse_size(text);
      if (!parsed) return fail(pointer, parsed.status().message());
      value = *parsed;
    }
  }

  void resolve(Json& value, const std::string& pointer) {
    const std::filesystem::path path(value.get_ref<const std::string&>());
    if (path.empty()) return;
    // What stands in no file cannot be rewritten there.
    if (!out_.defaulted.contains(pointer)) out_.paths.push_back(pointer);
    value = (directory_ / path).lexically_normal().string();
  }

  void check_secret(const Json& value, const std::string& pointer) {
    out_.secrets.push_back(pointer);
    if (value.is_string() && is_secret_reference(value.get_ref<const std::string&>(), stores_))
      return;
    std::string wanted(kSecretKinds);
    for (const std::string& store : stores_) wanted += ", \"" + store + ":...\"";
    fail(pointer, wanted + "), not be one");
  }

  const std::filesystem::path directory_;
  const std::string public_url_;
  const std::vector<std::string> stores_;
  Prepared& out_;
  std::set<std::string>& wrong_;
};

// The result of a check as Settings, tables flattened.
class Listing {
 public:
  Listing(const CheckContext& context, const Prepared& prepared, std::vector<Setting>& out)
      : context_(context), prepared_(prepared), out_(out) {}

  void visit(const SchemaNode* node, const Json& value, const std::string& pointer,
             bool defaulted) {
    defaulted = defaulted || prepared_.defaulted.contains(pointer);
    const bool secret = node != nullptr && node->secret;
    if (value.is_object() && !secret) {
      for (const auto& [name, member] : value.items())
        visit(node != nullptr ? node->member(name) : nullptr, member, child_pointer(pointer, name),
              defaulted);
    } else if (value.is_array() && !secret && !value.empty() && value.front().is_object()) {
      for (std::size_t i = 0; i < value.size(); ++i)
        visit(node != nullptr ? node->items.get() : nullptr, value[i], child_pointer(pointer, i),
              defaulted);
    } else {
      out_.push_back({context_.key(pointer), text(node, value),
                      defaulted ? Origin{"default", 0} : context_.origin(pointer)});
    }
  }

 private:
  std::string text(const SchemaNode* node, const Json& value) const {
    Json shown = value;
    if (node != nullptr && node->secret &&
        !(value.is_string() &&
          is_secret_reference(value.get_ref<const std::string&>(), context_.stores)))
      shown = "(hidden: not a reference to a secret)";
    if (node != nullptr && node->unit == Unit::kDuration && value.is_number_integer())
      shown = print_duration(std::chrono::milliseconds(value.get<std::int64_t>()));
    if (node != nullptr && node->unit == Unit::kBytes && value.is_number_integer())
      shown = print_size(value.get<std::int64_t>());
    return shown.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  const CheckContext& context_;
  const Prepared& prepared_;
  std::vector<Setting>& out_;
};

CheckContext completed(CheckContext context) {
  if (!context.origin) context.origin = [](std::string_view) { return Origin{"options", 0}; };
  if (!context.key)
    context.key = [prefix = context.key_prefix](std::string_view pointer) {
      const std::string path = dotted(pointer);
      return prefix + (prefix.empty() || path.empty() ? "" : ".") + path;
    };
  return context;
}

}  // namespace

Prepared prepare(const SchemaNode& node, const Surroundings& around, Json& value) {
  Prepared out;
  std::set<std::string> wrong;
  Preparation(around, out, wrong).visit(node, value, "");
  Style style = kStyle;
  style.skip = &wrong;
  find_violations(node, value, style, out.findings);
  return out;
}

Checked check(const Schema& schema, const Json& options, const CheckContext& given) {
  const CheckContext context = completed(given);
  auto value = std::make_shared<Json>(options);
  Prepared prepared =
      prepare(schema.root(), {context.directory, context.public_url, context.stores}, *value);

  Checked out;
  for (Finding& finding : prepared.findings)
    out.faults.push_back({context.origin(finding.pointer), printable(context.key(finding.pointer)),
                          std::move(finding.message)});
  arrange(out.faults);
  // With faults a secret may stand under a mistyped key, where nothing marks it as one.
  if (out.faults.empty())
    Listing(context, prepared, out.settings).visit(&schema.root(), *value, "", false);
  out.secrets = std::move(prepared.secrets);
  out.paths = std::move(prepared.paths);
  out.listens = std::move(prepared.listens);
  out.options = std::move(value);
  return out;
}

Checked check_options(const Schema& schema, const Config& config, std::string_view kind,
                      const Instance& instance) {
  CheckContext context;
  context.directory = config.directory;
  context.public_url = config.host.public_url;
  // A store that needs another one, or itself, could never be opened.
  if (kind != "secrets")
    for (const Instance& store : config.secrets) context.stores.push_back(store.name);
  context.key_prefix =
      std::string(kind) + (kind == "search" ? "" : "." + instance.name) + ".options";
  context.origin = [&instance](std::string_view at) { return origin_of_option(instance, at); };
  return check(schema, instance.options ? *instance.options : Json::object(), context);
}

}  // namespace govhost::config
