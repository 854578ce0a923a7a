#include "config/load.h"

#include "config/audit.h"
#include "config/complete.h"
#include "config/config_schema.h"
#include "config/instances.h"
#include "config/limits.h"
#include "config/names.h"
#include "config/overrides.h"
#include "config/policy.h"
#include "config/schema.h"
#include "config/toml.h"
#include "config/tree.h"
#include "core/read_file.h"
#include "core/text.h"

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <system_error>
#include <utility>

namespace govhost::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string absolute(const std::string& path) {
  std::error_code error;  // the current directory may have been removed
  fs::path full = fs::current_path(error);
  if (error) full = "/";
  if (!path.empty()) full /= path;
  return full.lexically_normal().string();
}

// One run from file to Config.
class Loader {
 public:
  explicit Loader(const Request& request) : request_(request) {}

  Loaded run() {
    if (read()) {
      apply_shortcuts(request_, tree_, out_.faults);
      for (const std::string& assignment : request_.set) apply_set(assignment, tree_, out_.faults);
      refuse_wrong_brackets();
      complete(config_.directory, absolute(request_.plugin_directory), tree_);
      check_schema();
      read_tables();
      check_rest();
      read_instances(tree_, config_, out_.faults);
      read_policy(tree_, config_, out_.faults);
      read_limits(tree_, config_.limits, out_.faults);
    }
    arrange(out_.faults);
    if (out_.faults.empty()) {
      out_.config = std::move(config_);
    } else {
      out_.settings.clear();
    }
    return std::move(out_);
  }

 private:
  bool read() {
    config_.directory = absolute("");
    std::string text = request_.builtin;
    std::string where = "built-in";
    if (request_.file) {
      auto bytes = read_file(*request_.file);
      if (!bytes) {
        out_.faults.push_back({{*request_.file, 0}, "", bytes.status().message()});
        return false;
      }
      text = std::move(*bytes);
      config_.file = absolute(*request_.file);
      config_.directory = fs::path(config_.file).parent_path().string();
      where = fs::path(config_.file).filename().string();
    }
    if (auto fault = parse_toml(text, where, tree_)) {
      out_.faults.push_back(std::move(*fault));
      return false;
    }
    return true;
  }

  void fault(const std::string& pointer, std::string message) {
    out_.faults.push_back({tree_.origin(pointer), tree_.key(pointer), std::move(message)});
  }

  // [source] for [[source]] and the reverse are easy to get wrong in TOML.
  void refuse_wrong_brackets() {
    for (const std::string_view kind : kInstanceLists) {
      const std::string name(kind);
      if (!tree_.root.contains(name) || !tree_.root[name].is_object()) continue;
      fault("/" + name, "there may be several: write [[" + name + "]] instead of [" + name + "]");
      tree_.root[name] = Json::array({std::move(tree_.root[name])});
      shift_origins("/" + name);
    }
    if (tree_.root.contains("search") && tree_.root["search"].is_array()) {
      fault("/search", "there is only one: write [search] instead of [[search]]");
      tree_.root.erase("search");
    }
  }

  // What was in the table is now in the first element of a list.
  void shift_origins(const std::string& pointer) {
    for (const auto& [below, origin] : tree_.origins_below(pointer))
      tree_.origins.insert_or_assign(pointer + "/0" + below, origin);
  }

  void check_schema() {
    const auto schema = compile(config_schema());
    assert(schema.ok());
    CheckContext context;
    context.directory = config_.directory;
    context.origin = [this](std::string_view pointer) { return tree_.origin(pointer); };
    context.key = [this](std::string_view pointer) { return tree_.key(pointer); };
    Checked checked = check(*schema, tree_.root, context);
    for (Fault& each : checked.faults) {
      if (is_stray_option(each))
        each.message += "; an option of the plugin belongs into the options table";
      out_.faults.push_back(std::move(each));
    }
    for (Setting& setting : checked.settings)
      if (!is_option(setting.key)) out_.settings.push_back(std::move(setting));
    tree_.root = *checked.options;
    collect(checked.paths, out_.paths);
    collect(checked.secrets, out_.secrets);
  }

  void collect(const std::vector<std::string>& pointers,
               std::vector<std::pair<std::string, std::string>>& out) const {
    for (const std::string& pointer : pointers) {
      const Json::json_pointer at(pointer);
      if (tree_.origin(pointer).where == "default" || !tree_.root.contains(at)) continue;
      if (const Json& value = tree_.root[at]; value.is_string())
        out.emplace_back(pointer, value.get<std::string>());
    }
  }

  static bool is_option(const std::string& key) {
    const std::vector<std::string_view> parts = split(key, '.');
    const std::size_t at = is_instance_list(parts[0]) ? 2 : 1;
    return (at == 2 || parts[0] == "search") && parts.size() > at && parts[at] == "options";
  }

  static bool is_stray_option(const Fault& fault) {
    const std::vector<std::string_view> parts = split(fault.key, '.');
    return fault.message == "unknown key" &&
           (is_instance_list(parts[0]) ? parts.size() == 3 : parts[0] == "search");
  }

  // Values that the schema refused keep their defaults: the run ends with its faults anyway.
  std::int64_t integer(const char* table, const char* key, std::int64_t otherwise) const {
    const Json* values = member(tree_.root, table);
    const Json* value = values == nullptr ? nullptr : member(*values, key);
    return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : otherwise;
  }
  void read_into(const char* key, std::size_t& out) const {
    out = static_cast<std::size_t>(integer("host", key, static_cast<std::int64_t>(out)));
  }
  void read_into(const char* key, std::chrono::milliseconds& out) const {
    out = std::chrono::milliseconds(integer("host", key, out.count()));
  }
  std::vector<std::string> texts(const char* table, const char* key) const {
    std::vector<std::string> out;
    const Json* values = member(tree_.root, table);
    const Json* list = values == nullptr ? nullptr : member(*values, key);
    if (list == nullptr || !list->is_array()) return out;
    for (const Json& item : *list)
      if (item.is_string()) out.push_back(item.get<std::string>());
    return out;
  }
  std::string text(const char* table, const char* key) const {
    const Json* values = member(tree_.root, table);
    return values == nullptr ? std::string() : text_of(*values, key);
  }

  void read_tables() {
    Host& host = config_.host;
    read_into("threads", host.threads);
    read_into("max_in_flight", host.max_in_flight);
    read_into("max_in_flight_per_caller", host.max_in_flight_per_caller);
    read_into("request_timeout", host.request_timeout);
    read_into("start_timeout", host.start_timeout);
    read_into("drain_timeout", host.drain_timeout);
    read_into("drain_delay", host.drain_delay);
    read_into("max_message", host.max_message);
    read_into("max_document", host.max_document);
    read_into("max_documents", host.max_documents);
    read_into("page_size", host.page_size);
    host.log_level = text("host", "log_level");
    host.public_url = text("host", "public_url");
    host.user = text("host", "user");
    const Json* table = member(tree_.root, "host");
    const auto flag = [&](const char* name) {
      const Json* value = table == nullptr ? nullptr : member(*table, name);
      return value != nullptr && value->is_boolean() && value->get<bool>();
    };
    host.core_dumps = flag("core_dumps");
    host.watch_config = flag("watch_config");
    read_into("secret_refresh", host.secret_refresh);
    host.keys = texts("host", "keys");

    const Json* ops = member(tree_.root, "ops");
    const Json* enabled = ops == nullptr ? nullptr : member(*ops, "enabled");
    if (enabled != nullptr && enabled->is_boolean()) config_.ops.enabled = enabled->get<bool>();
    config_.ops.listen = text("ops", "listen");
    config_.ops.metrics_token = text("ops", "metrics_token");

    Egress& egress = config_.egress;
    egress.proxy = text("egress", "proxy");
    egress.no_proxy = text("egress", "no_proxy");
    egress.ca_file = text("egress", "ca_file");
    egress.connect_timeout = std::chrono::milliseconds(
        integer("egress", "connect_timeout", egress.connect_timeout.count()));
    egress.timeout =
        std::chrono::milliseconds(integer("egress", "timeout", egress.timeout.count()));
    egress.max_response = static_cast<std::size_t>(
        integer("egress", "max_response", static_cast<std::int64_t>(egress.max_response)));
    egress.allow_networks = texts("egress", "allow_networks");

    Content& content = config_.content;
    content.bundle_dir = text("content", "bundle_dir");
    config_.ops.control = text("ops", "control");
    if (config_.ops.control.empty() && !content.bundle_dir.empty())
      config_.ops.control = content.bundle_dir + "/control.sock";
    content.keep_snapshots = static_cast<std::size_t>(
        integer("content", "keep_snapshots", static_cast<std::int64_t>(content.keep_snapshots)));
    content.signing_key = text("content", "signing_key");
    content.trusted_keys = texts("content", "trusted_keys");
    config_.state_directory = state_folder();
    read_audit(tree_, config_.state_directory, config_.audit, out_.faults);
    config_.plugin_directory = plugin_directory_of(tree_, config_.directory);
  }

  void check_rest() {
    const Json* ops = member(tree_.root, "ops");
    const Json* listen = ops == nullptr ? nullptr : member(*ops, "listen");
    if (listen != nullptr && listen->is_string() && !is_address(config_.ops.listen))
      fault("/ops/listen",
            in_quotes(config_.ops.listen) + " is not ADDR:PORT, such as \"127.0.0.1:9464\"");
    if (!config_.host.public_url.empty() && !is_url(config_.host.public_url))
      fault("/host/public_url", in_quotes(config_.host.public_url) +
                                    " is not a URL such as \"https://host.example/mcp\"");
  }

  // An endpoint that metadata can name (RFC 9728): no user, query or fragment.
  static bool is_url(std::string_view url) {
    for (const std::string_view scheme : {"https://", "http://"}) {
      if (!url.starts_with(scheme)) continue;
      const std::string_view rest = url.substr(scheme.size());
      return !rest.empty() && rest.front() != '/' &&
             std::none_of(rest.begin(), rest.end(), [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f ||
                      std::string_view("?#@\"<>\\").find(c) != std::string_view::npos;
             });
    }
    return false;
  }

  const Request& request_;
  Tree tree_;
  Config config_;
  Loaded out_;
};

}  // namespace

Loaded load(const Request& request) { return Loader(request).run(); }

}  // namespace govhost::config
