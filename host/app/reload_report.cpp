#include "app/reload_report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "core/digest.h"

namespace govhost::app {
namespace {

using nlohmann::json;

// Keys that begin so are put in force while the host serves.
constexpr std::array<std::string_view, 6> kReloadable = {"auth.",   "host.log_level", "limit.",
                                                         "policy.", "search.",        "source."};

bool is_reloadable(std::string_view key) {
  return std::any_of(kReloadable.begin(), kReloadable.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

json value_of(const std::string& text) {
  return text.empty() ? json() : json::parse(text, nullptr, /*allow_exceptions=*/false);
}

// Of instances that cannot be replaced: what their options are is known to their plugins only.
void compare(std::string_view kind, const std::vector<config::Instance>& before,
             const std::vector<config::Instance>& after, std::vector<std::string>& out) {
  for (const config::Instance& now : after)
    for (const config::Instance& then : before)
      if (then.name == now.name && *then.options != *now.options)
        out.push_back(now.ref.origin.text() + ": " + std::string(kind) + " " + now.name +
                      ": other options are in force after a restart only: systemctl restart "
                      "govhost");
}

}  // namespace

json to_json(const ReloadReport& report) {
  json changes = json::array();
  for (const ReloadReport::Change& each : report.changes)
    changes.push_back({{"key", each.key},
                       {"from", value_of(each.from)},
                       {"to", value_of(each.to)},
                       {"origin", each.origin}});
  return {{"ok", report.ok()}, {"changes", std::move(changes)}, {"problems", report.problems}};
}

std::string hash_of(std::span<const config::Setting> settings) {
  constexpr std::size_t kDigits = 12;
  std::map<std::string_view, std::string_view> sorted;
  for (const config::Setting& each : settings) sorted.emplace(each.key, each.value);
  Sha256 digest;
  for (const auto& [key, value] : sorted) {
    digest.update(key);
    digest.update("=");
    digest.update(value);
    digest.update("\n");
  }
  return to_hex(digest.finish()).substr(0, kDigits);
}

std::vector<ReloadReport::Change> changes_between(std::span<const config::Setting> before,
                                                  std::span<const config::Setting> after) {
  std::map<std::string_view, std::pair<const config::Setting*, const config::Setting*>> all;
  for (const config::Setting& each : before) all[each.key].first = &each;
  for (const config::Setting& each : after) all[each.key].second = &each;
  std::vector<ReloadReport::Change> out;
  for (const auto& [key, sides] : all) {
    const auto& [then, now] = sides;
    ReloadReport::Change change{std::string(key), then ? then->value : "", now ? now->value : "",
                                now ? now->origin.text() : ""};
    if (change.from != change.to) out.push_back(std::move(change));
  }
  return out;
}

std::vector<std::string> restarts_needed(const config::Config& before, const config::Config& after,
                                         std::span<const ReloadReport::Change> changes) {
  std::vector<std::string> out;
  for (const ReloadReport::Change& each : changes)
    if (!is_reloadable(each.key))
      out.push_back((each.origin.empty() ? std::string() : each.origin + ": ") + each.key +
                    ": a change is in force after a restart only: systemctl restart govhost");
  compare("transport", before.transports, after.transports, out);
  compare("secrets", before.secrets, after.secrets, out);
  return out;
}

}  // namespace govhost::app
