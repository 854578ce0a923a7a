#include "app/instances.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "app/watchdog.h"
#include "config/schema.h"
#include "egress/client.h"

namespace govhost::app {
namespace {

constexpr std::string_view kNoOptions = R"({"type":"object","properties":{}})";

std::string place_of(std::string_view kind, const config::Instance& instance) {
  return instance.ref.origin.text() + ": " + std::string(kind) + " " + instance.name;
}

std::string key_of(const std::string& name, const config::Instance& instance,
                   const nlohmann::json& options) {
  const nlohmann::json what = {name,    instance.ref.path, instance.ref.component,
                               options, instance.grants,   instance.ref.sha256};
  return what.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Of ADDR:PORT. What is no address of this machine alone counts as one that others can reach.
bool is_loopback(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host == "localhost" || host == "::1" || host.starts_with("127.") ||
         host.starts_with("::ffff:127.");
}

}  // namespace

HeldInstance InstanceMaker::make(std::string_view kind, const config::Instance& instance,
                                 gov::Status* absence) {
  const std::string place = place_of(kind, instance);
  std::optional<Watchdog> watchdog;
  if (!serving)
    watchdog.emplace(reaper, config.host.start_timeout,
                     place + ": loading and creating the plugin");
  const auto found = libraries.find(instance.ref, "gov." + std::string(kind) + "/1");
  if (!found) {
    problems.push_back(place + ": " + found.status().message());
    return {};
  }
  const gov_component& component = **found;
  const auto schema =
      config::compile(component.config_schema ? component.config_schema : kNoOptions);
  if (!schema) {
    problems.push_back(place + ": the option schema in " + instance.ref.path +
                       " is faulty: " + schema.status().message());
    return {};
  }
  config::Checked checked = config::check_options(*schema, config, kind, instance);
  for (const config::Fault& fault : checked.faults) problems.push_back(fault.text());
  if (!checked.faults.empty()) return {};
  if (!check_listens(kind, instance, checked.listens)) return {};
  settings.insert(settings.end(), checked.settings.begin(), checked.settings.end());

  const std::string name = std::string(kind) + " " + instance.name;
  std::string key = key_of(name, instance, *checked.options);
  for (const HeldInstance& each : held)
    if (each.key == key) return each;
  std::unique_ptr<plugin::HttpClient> http;
  if (!make_http(instance, name, http)) return {};
  auto made = plugin::Instance::create(component, name, *checked.options, log,
                                       {kind == "transport" ? stdio : nullptr, std::move(http),
                                        kind == "secrets" ? nullptr : secrets});
  if (!made && absence && made.status().code() != GOV_INVALID_ARGUMENT) {
    *absence = made.status();
    return {};
  }
  if (!made) {
    problems.push_back(instance.ref.origin.text() + ": " + made.status().message());
    return {};
  }
  log.info("plugin.loaded", {},
           {{"kind", kind},
            {"plugin", std::string_view((*made)->name())},
            {"name", component.name},
            {"version", component.version}});
  return fresh.emplace_back(HeldInstance{std::move(key), disposer->own(std::move(*made))});
}

// Whoever can reach an address can ask: without [[auth]] that is for this machine alone.
bool InstanceMaker::check_listens(std::string_view kind, const config::Instance& instance,
                                  const std::vector<std::string>& addresses) {
  if (!config.auth.empty() || config.policy.allow_anonymous) return true;
  const auto open = std::find_if(addresses.begin(), addresses.end(),
                                 [](const std::string& each) { return !is_loopback(each); });
  if (open == addresses.end()) return true;
  problems.push_back(place_of(kind, instance) + ": " + *open +
                     " can be reached from other machines and nobody is asked who he is; configure "
                     "[[auth]], listen on 127.0.0.1, or set policy.allow_anonymous = true");
  return false;
}

bool InstanceMaker::make_http(const config::Instance& instance, const std::string& name,
                              std::unique_ptr<plugin::HttpClient>& http) {
  if (instance.grants.empty()) return true;
  const std::string place = instance.ref.origin.text() + ": " + name + ": grants: ";
  auto grants = egress::Grants::parse(instance.grants);
  if (!grants) {
    problems.push_back(place + grants.status().message());
    return false;
  }
  auto made = egress::Client::make(name, instance.name, std::move(*grants), *egress, *observers);
  if (made)
    http = std::move(*made);
  else
    problems.push_back(place + made.status().message());
  return made.ok();
}

gov::Status InstanceMaker::start(plugin::Instance& instance) {
  std::optional<Watchdog> watchdog;
  if (!serving) watchdog.emplace(reaper, config.host.start_timeout, instance.name() + ": start");
  plugin::CallContext call(std::chrono::steady_clock::now() + config.host.start_timeout, "start");
  return instance.start(call);
}

}  // namespace govhost::app
