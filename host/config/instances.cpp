#include "config/instances.h"

#include "config/names.h"
#include "config/plugin_file.h"
#include "config/secret_reference.h"
#include "core/text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

// One [[transport]], [[source]], [search], [[auth]] or [[secrets]].
class InstanceReader {
 public:
  InstanceReader(const Tree& tree, std::string_view kind, std::string pointer, const Json& table,
                 const Config& config, std::vector<Fault>& faults)
      : tree_(tree),
        kind_(kind),
        pointer_(std::move(pointer)),
        table_(table),
        config_(config),
        faults_(faults) {}

  void read(Instance& out) {
    out.name = text_of(table_, "name");
    out.ref.plugin = text_of(table_, "plugin");
    out.ref.component = text_of(table_, "component");
    out.ref.sha256 = lower(text_of(table_, "sha256"));
    out.ref.origin = tree_.origin(at("plugin"));
    const Json* options = member(table_, "options");
    if (const Json* grants = member(table_, "grants"); grants != nullptr && grants->is_array())
      for (const Json& grant : *grants)
        if (grant.is_string()) out.grants.push_back(grant.get<std::string>());
    out.options = std::make_shared<Json>(options == nullptr ? Json::object() : *options);
    out.option_origins = tree_.origins_below(at("options"));
    if (out.option_origins.empty()) out.option_origins.emplace_back("", tree_.origin(pointer_));

    if (out.ref.plugin.empty()) return;  // reported as required
    const PluginFile file =
        find_plugin(kind_, out.ref.plugin, config_.directory, config_.plugin_directory);
    if (!file.fault.empty()) return fault("plugin", file.fault);
    out.ref.path = file.path;
    check_name(out.name);
    if (kind_ == "secrets" && is_secret_scheme(out.name))
      fault("name", in_quotes(out.name) + " is what references of another kind begin with");
    check_sha256(out.ref.sha256);
    if (file.path.empty()) {
      check_built_in(*out.options);
    } else {
      check_isolation(file);
    }
  }

 private:
  std::string at(std::string_view key) const { return child_pointer(pointer_, key); }

  void fault(std::string_view key, std::string message) {
    faults_.push_back({tree_.origin(at(key)), tree_.key(at(key)), std::move(message)});
  }

  void check_name(const std::string& name) {
    if (!table_.contains("name"))
      return fault("name", "is required: none can be taken from the file name of the plugin");
    if (member(table_, "name")->is_string() && !is_name(name))
      fault("name", std::string(kNameRule) + "; is " + in_quotes(name));
  }

  void check_sha256(const std::string& digest) {
    if (digest.empty() && text_of(table_, "sha256").empty()) {
      const Json* written = member(table_, "sha256");
      if (written != nullptr && written->is_string()) fault("sha256", "is empty");
      return;
    }
    if (digest.size() != 64)
      return fault("sha256",
                   "must be 64 hexadecimal digits; its length is " + std::to_string(digest.size()));
    if (digest.find_first_not_of("0123456789abcdef") != std::string::npos)
      fault("sha256", "must be 64 hexadecimal digits, contains another character");
  }

  void check_built_in(const Json& options) {
    const std::string name = in_quotes(text_of(table_, "plugin"));
    for (const char* key : {"component", "isolation", "sha256"})
      if (table_.contains(key)) fault(key, "does not apply to the built-in source " + name);
    if (!options.empty()) fault("options", "the built-in source " + name + " takes no options");
    if (text_of(table_, "plugin") == kImported && config_.content.bundle_dir.empty())
      fault("plugin",
            "\"imported\" serves what `govhost content import` puts into "
            "content.bundle_dir; set that key");
  }

  void check_isolation(const PluginFile& file) {
    if (text_of(table_, "isolation") == "process")
      return fault("isolation", "\"process\" is not available in this version; use \"in-process\"");
    if (table_.contains("isolation") || !file.outside) return;
    fault("plugin", "plugins outside " + config_.plugin_directory +
                        " run in their own process by default, which this version does not offer "
                        "yet; write isolation = \"in-process\" to run it inside the host");
  }

  const Tree& tree_;
  const std::string_view kind_;
  const std::string pointer_;
  const Json& table_;
  const Config& config_;
  std::vector<Fault>& faults_;
};

// Without [[auth]] nobody has scopes: nobody could ever see the source.
void read_scopes(const Tree& tree, const std::string& pointer, const Json& table,
                 std::vector<std::string>& out, std::vector<Fault>& faults) {
  const Json* scopes = member(table, "required_scopes");
  if (scopes == nullptr || !scopes->is_array() || scopes->empty()) return;
  for (const Json& scope : *scopes)
    if (scope.is_string()) out.push_back(scope.get<std::string>());
  const Json* auth = member(tree.root, "auth");
  if (auth != nullptr && !auth->empty()) return;
  const std::string place = child_pointer(pointer, "required_scopes");
  faults.push_back({tree.origin(place), tree.key(place),
                    "needs an [[auth]] plugin, which says who has which scopes: without one nobody "
                    "could ever see this source"});
}

std::chrono::milliseconds milliseconds_of(const Json& table, const char* key,
                                          std::chrono::milliseconds otherwise) {
  const Json* value = member(table, key);
  return value != nullptr && value->is_number_integer()
             ? std::chrono::milliseconds(value->get<std::int64_t>())
             : otherwise;
}

void read_gate_attributes(const Tree& tree, const std::string& pointer, const Json* table,
                          std::map<std::string, std::vector<std::string>>& out,
                          std::vector<Fault>& faults) {
  if (table == nullptr || !table->is_object()) return;
  for (const auto& [kind, names] : table->items()) {
    const auto is_name = [](const Json& name) {
      return name.is_string() && !name.get_ref<const std::string&>().empty();
    };
    if (names.is_array() && !names.empty() && std::all_of(names.begin(), names.end(), is_name)) {
      out.emplace(kind, names.get<std::vector<std::string>>());
      continue;
    }
    const std::string place = child_pointer(pointer, kind);
    faults.push_back({tree.origin(place), tree.key(place),
                      "must be a list of names in the front matter: {risk = [\"title\"]}"});
  }
}

void read_gate(const Tree& tree, const std::string& pointer, const Json& table, Gate& out,
               std::vector<Fault>& faults) {
  const Json* shrink = member(table, "max_shrink");
  if (shrink != nullptr && shrink->is_number()) out.max_shrink = shrink->get<double>();
  const Json* faulty = member(table, "max_faulty");
  if (faulty != nullptr && faulty->is_number()) out.max_faulty = faulty->get<double>();
  read_gate_attributes(tree, child_pointer(pointer, "attributes"), member(table, "attributes"),
                       out.attributes, faults);
  const Json* require = member(table, "require");
  if (require == nullptr || !require->is_object()) return;
  for (const auto& [kind, least] : require->items()) {
    if (least.is_number_integer() && least.get<std::int64_t>() > 0) {
      out.require.emplace(kind, least.get<std::size_t>());
      continue;
    }
    const std::string place = child_pointer(child_pointer(pointer, "require"), kind);
    faults.push_back({tree.origin(place), tree.key(place),
                      "must be a number of documents, 1 or more: {risk = 20}"});
  }
}

void read_refresh(const Tree& tree, const std::string& pointer, const Json& table, Source& out,
                  std::vector<Fault>& faults) {
  out.refresh = milliseconds_of(table, "refresh", out.refresh);
  const Json* const watch = member(table, "watch");
  out.watch = watch != nullptr && watch->is_boolean() ? watch->get<bool>()
                                                      : out.refresh > std::chrono::milliseconds(0);
  out.read_timeout = milliseconds_of(table, "read_timeout", out.read_timeout);
  if (const Json* gate = member(table, "gate"); gate != nullptr && gate->is_object())
    read_gate(tree, child_pointer(pointer, "gate"), *gate, out.gate, faults);
  const Json* breaker = member(table, "breaker");
  if (breaker == nullptr || !breaker->is_object()) return;
  const Json* failures = member(*breaker, "failures");
  if (failures != nullptr && failures->is_number_integer())
    out.breaker.failures = failures->get<std::size_t>();
  out.breaker.open = milliseconds_of(*breaker, "open", out.breaker.open);
  out.breaker.open_max = milliseconds_of(*breaker, "open_max", out.breaker.open_max);
}

void read_source(const Tree& tree, const std::string& pointer, const Json& table, Source& out,
                 std::vector<Fault>& faults) {
  const Json* required = member(table, "required");
  if (required != nullptr && required->is_boolean()) out.required = required->get<bool>();
  out.profile = text_of(table, "profile");
  out.licence = text_of(table, "licence");
  read_scopes(tree, pointer, table, out.required_scopes, faults);
  read_refresh(tree, pointer, table, out, faults);
  const Json* rules = member(table, "rules");
  if (rules == nullptr || !rules->is_array()) return;
  for (std::size_t i = 0; i < rules->size(); ++i) {
    const Json& rule = (*rules)[i];
    out.rules.push_back({text_of(rule, "kind"), text_of(rule, "match"), text_of(rule, "prefix")});
    const std::string at = child_pointer(child_pointer(pointer, "rules"), i);
    const auto fault = [&](std::string_view key, std::string message) {
      const std::string place = child_pointer(at, key);
      faults.push_back({tree.origin(place), tree.key(place), std::move(message)});
    };
    const Json* kind = member(rule, "kind");
    if (kind != nullptr && kind->is_string() && !is_name(out.rules.back().kind))
      fault("kind", std::string(kNameRule) + "; is " + in_quotes(out.rules.back().kind));
    if (out.rules.back().match.starts_with('/'))
      fault("match", "must be relative to the source: it begins with '/'");
  }
}

void read_search(const Json& table, const Config& config, Search& out) {
  const std::string path = text_of(table, "thesaurus");
  if (!path.empty())
    out.thesaurus = (std::filesystem::path(config.directory) / path).lexically_normal().string();
  const Json* builtin = member(table, "builtin_thesaurus");
  if (builtin != nullptr && builtin->is_boolean()) out.builtin_thesaurus = builtin->get<bool>();
}

// Two instances of one kind with the same name would share metrics and answer to the same --set.
void check_unique(const Tree& tree, std::string_view kind, const Json& list,
                  std::vector<Fault>& faults) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string name = text_of(list[i], "name");
    if (name.empty()) continue;
    const auto [first, added] = seen.emplace(name, i);
    if (added) continue;
    const auto place = [&](std::size_t index) {
      const std::string pointer = child_pointer(child_pointer("", kind), index);
      const Origin named = tree.origin(child_pointer(pointer, "name"));
      return named.where == "default" ? tree.origin(child_pointer(pointer, "plugin")) : named;
    };
    faults.push_back({place(i), std::string(kind) + "." + std::to_string(i) + ".name",
                      in_quotes(name) + " is taken by another " + std::string(kind) + " (" +
                          place(first->second).text() + "); give one of them another name"});
  }
}

template <class T>
void read_list(const Tree& tree, std::string_view kind, const Config& config, std::vector<T>& out,
               std::vector<Fault>& faults) {
  const Json* list = member(tree.root, kind);
  if (list == nullptr || !list->is_array()) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& table = (*list)[i];
    if (!table.is_object()) continue;
    const std::string pointer = child_pointer(child_pointer("", kind), i);
    T& instance = out.emplace_back();
    InstanceReader(tree, kind, pointer, table, config, faults).read(instance);
    if constexpr (std::is_same_v<T, Source>) read_source(tree, pointer, table, instance, faults);
  }
  check_unique(tree, kind, *list, faults);
}

void need_one(const Tree& tree, const char* kind, const char* fix, std::vector<Fault>& faults) {
  const Json* list = member(tree.root, kind);
  if (list == nullptr || (list->is_array() && list->empty()))
    faults.push_back({tree.origin(""), kind, std::string("at least one is needed: ") + fix});
}

}  // namespace

void read_instances(const Tree& tree, Config& config, std::vector<Fault>& faults) {
  read_list(tree, "transport", config, config.transports, faults);
  read_list(tree, "source", config, config.sources, faults);
  read_list(tree, "auth", config, config.auth, faults);
  read_list(tree, "secrets", config, config.secrets, faults);
  const Json* search = member(tree.root, "search");
  if (search != nullptr && search->is_object()) {
    InstanceReader(tree, "search", "/search", *search, config, faults)
        .read(config.search.emplace());
    read_search(*search, config, *config.search);
  }
  need_one(tree, "transport",
           "add [[transport]] with plugin = \"http\", or start with --stdio or --http ADDR:PORT",
           faults);
  need_one(tree, "source",
           "add [[source]] with plugin = \"directory\", or start with --content DIR", faults);
}

}  // namespace govhost::config
