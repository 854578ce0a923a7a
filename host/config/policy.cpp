#include "config/policy.h"

#include "config/names.h"

#include <algorithm>
#include <string>
#include <utility>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostRestrictions = 64;  // with the sources that need scopes: one bit each

std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> out;
  if (value.is_string()) out.push_back(value.get<std::string>());
  if (!value.is_array()) return out;
  for (const Json& each : value)
    if (each.is_string()) out.push_back(each.get<std::string>());
  return out;
}

std::vector<std::string> texts_in(const Json& table, std::string_view key) {
  const Json* value = member(table, key);
  return value != nullptr && value->is_array() ? texts_of(*value) : std::vector<std::string>();
}

class PolicyReader {
 public:
  PolicyReader(const Tree& tree, const Json& table, std::vector<Fault>& faults)
      : tree_(tree), table_(table), faults_(faults) {}

  void read(Policy& out) {
    out.required_scopes = texts_in(table_, "required_scopes");
    out.local_scopes = texts_in(table_, "local_scopes");
    out.revoked_file = text_of(table_, "revoked_file");
    const Json* anonymous = member(table_, "allow_anonymous");
    out.allow_anonymous = anonymous != nullptr && anonymous->is_boolean() && anonymous->get<bool>();
    each("rule",
         [&](const Json& rule, const std::string& pointer) { read_rule(rule, pointer, out); });
    each("restriction", [&](const Json& restriction, const std::string& pointer) {
      read_restriction(restriction, pointer, out);
    });
    check_callers(out);
  }

 private:
  template <class Take>
  void each(const char* list, const Take& take) {
    const Json* items = member(table_, list);
    if (items == nullptr || !items->is_array()) return;
    for (std::size_t i = 0; i < items->size(); ++i)
      if ((*items)[i].is_object())
        take((*items)[i], "/policy/" + std::string(list) + "/" + std::to_string(i));
  }

  void read_rule(const Json& table, const std::string& pointer, Policy& out) {
    PolicyRule rule;
    rule.origin = tree_.origin(pointer);
    rule.scopes = texts_in(table, "scopes");
    rule.tools = texts_in(table, "tools");
    rule.prompts = texts_in(table, "prompts");
    rule.resources = texts_in(table, "resources");
    if (rule.tools.empty() && rule.prompts.empty() && rule.resources.empty())
      fault(pointer, "allows nothing: name tools, prompts or resources, \"*\" stands for all");
    out.rules.push_back(std::move(rule));
  }

  Restriction::Values values_in(const Json& table, const char* key, const std::string& pointer) {
    Restriction::Values out;
    const Json* values = member(table, key);
    if (values == nullptr || !values->is_object()) return out;
    for (const auto& [name, value] : values->items()) {
      out[name] = texts_of(value);
      if (out[name].empty())
        fault(child_pointer(child_pointer(pointer, key), name),
              "must be a text or an array of texts: {classification = [\"confidential\"]}");
    }
    return out;
  }

  void read_restriction(const Json& table, const std::string& pointer, Policy& out) {
    Restriction restriction;
    restriction.scopes = texts_in(table, "scopes");
    restriction.sources = texts_in(table, "sources");
    restriction.kinds = texts_in(table, "kinds");
    restriction.when = values_in(table, "when", pointer);
    restriction.unless = values_in(table, "unless", pointer);
    for (const std::string& name : restriction.sources)
      if (!is_source(name))
        fault(child_pointer(pointer, "sources"),
              "there is no [[source]] called " + in_quotes(name));
    out.restrictions.push_back(std::move(restriction));
  }

  bool is_source(const std::string& name) const {
    const Json* sources = member(tree_.root, "source");
    if (sources == nullptr || !sources->is_array()) return false;
    for (const Json& source : *sources) {
      const std::string own = text_of(source, "name");
      if ((own.empty() ? text_of(source, "plugin") : own) == name) return true;
    }
    return false;
  }

  // Without [[auth]] nobody over a network has scopes: serving everyone, or nobody, is not what was
  // meant.
  void check_callers(const Policy& policy) {
    const Json* auth = member(tree_.root, "auth");
    if (auth != nullptr && !auth->empty()) return;
    const std::string needs = "needs an [[auth]] plugin, which says who has which scopes";
    if (!policy.required_scopes.empty()) fault("/policy/required_scopes", needs);
    if (!policy.revoked_file.empty()) fault("/policy/revoked_file", needs);
    if (!policy.local_scopes.empty()) return;
    if (!policy.rules.empty()) fault("/policy/rule/0", needs);
    if (!policy.restrictions.empty()) fault("/policy/restriction/0", needs);
  }

  void fault(const std::string& place, std::string message) {
    faults_.push_back({tree_.origin(place), tree_.key(place), std::move(message)});
  }

  const Tree& tree_;
  const Json& table_;
  std::vector<Fault>& faults_;
};

}  // namespace

void read_policy(const Tree& tree, Config& config, std::vector<Fault>& faults) {
  const Json* table = member(tree.root, "policy");
  if (table == nullptr || !table->is_object()) return;
  PolicyReader(tree, *table, faults).read(config.policy);
  const auto restricted =
      std::count_if(config.sources.begin(), config.sources.end(),
                    [](const Source& source) { return !source.required_scopes.empty(); });
  if (config.policy.restrictions.size() + static_cast<std::size_t>(restricted) > kMostRestrictions)
    faults.push_back({tree.origin("/policy/restriction"), tree.key("/policy/restriction"),
                      "there are more than 64 restrictions and sources with required_scopes"});
}

}  // namespace govhost::config
