#include "app/steering.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/audit_trail.h"
#include "app/build_info.h"
#include "core/time.h"
#include "ops/conditions.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kLongestLevel{24};

std::string text_in(const json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_in(const json& request, const char* name, std::int64_t otherwise) {
  const auto found = request.find(name);
  return found != request.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                              : otherwise;
}

// As JSON; a line of the log always is.
json parsed(const std::vector<std::string>& lines) {
  json out = json::array();
  for (const std::string& line : lines) {
    json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!value.is_discarded()) out.push_back(std::move(value));
  }
  return out;
}

json conditions_now(const std::string& page) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  json out = json::array();
  const auto series = ops::read_metrics(page);  // which the findings point into
  for (const ops::Finding& finding : ops::diagnose(series, now))
    out.push_back({{"name", finding.condition->name},
                   {"severity", ops::name_of(finding.condition->severity)},
                   {"summary", ops::summary_of(finding)},
                   {"runbook", std::string(finding.condition->runbook) + ".md"}});
  return out;
}

}  // namespace

Steering::~Steering() { parts_.runtime.reaper().forget(this); }

gov::Result<json> Steering::answer(const json& request) {
  const std::string verb = text_in(request, "verb");
  // The reloader records what it did.
  if (verb == "reload") return parts_.reloader.answer(request);
  const bool changes = verb == "loglevel" || verb == "drain";
  const audit::Trail* const trail = parts_.runtime.trail();
  if (changes && trail != nullptr && !trail->accepts())
    return gov::unavailable("nothing is done while the audit trail cannot be written");
  auto answer = steer(verb, request);
  if (!answer && answer.status().code() == GOV_UNIMPLEMENTED)
    return parts_.runtime.control(request);
  if (changes)
    record_control(parts_.runtime.trail(), request, answer,
                   parts_.runtime.server().generation()->snapshot().digest());
  return answer;
}

gov::Result<json> Steering::steer(const std::string& verb, const json& request) {
  if (verb == "status") return status();
  if (verb == "metrics") return json{{"text", metrics()}};
  if (verb == "loglevel") return set_level(request);
  if (verb == "drain") return set_away(request);
  if (verb == "errors") {
    const std::int64_t count = std::clamp<std::int64_t>(
        number_in(request, "last", 20), 0, static_cast<std::int64_t>(RecentLines::kMost));
    return json{
        {"lines", parsed(parts_.runtime.log().recent().latest(static_cast<std::size_t>(count)))}};
  }
  if (verb == "config") {
    json out = json::array();
    const auto setup = parts_.runtime.setup();
    for (const config::Setting& each : setup->settings())
      out.push_back({{"key", each.key},
                     {"value", json::parse(each.value, nullptr, false)},
                     {"origin", each.origin.text()}});
    return json{{"settings", std::move(out)}};
  }
  return gov::unimplemented("");
}

json Steering::status() {
  Runtime& runtime = parts_.runtime;
  const auto setup = runtime.setup();
  const auto generation = runtime.server().generation();
  const ops::Health health = this->health();
  const std::string page = metrics();
  const Reloader::State reload = parts_.reloader.state();
  const ops::Stage stage = parts_.life.stage();
  return {{"version", kVersion},
          {"pid", ::getpid()},
          {"uptime_s", static_cast<std::int64_t>(setup->wiring()->status.uptime_seconds())},
          {"stage", ops::name_of(stage)},
          {"ready", stage == ops::Stage::kReady && health.able},
          {"why", stage == ops::Stage::kReady ? health.why : std::string(ops::name_of(stage))},
          {"degraded", health.degraded},
          {"components", json::parse(health.components, nullptr, false)},
          {"in_flight", parts_.in_flight()},
          {"max_in_flight", runtime.config().host.max_in_flight},
          {"snapshot", generation->snapshot().digest()},
          {"documents", generation->snapshot().documents().size()},
          {"log_level", name_of(runtime.log().level())},
          {"config",
           {{"file", runtime.config().file.empty() ? "built-in" : runtime.config().file},
            {"hash", hash_of(setup->settings())},
            {"in_force_since", to_rfc3339(reload.succeeded)},
            {"last_reload_ok", reload.successful}}},
          {"conditions", conditions_now(page)}};
}

// By itself it goes back to what the configuration says: a level that somebody forgets fills disks.
gov::Result<json> Steering::set_level(const json& request) {
  const auto level = parse_level(text_in(request, "level"));
  if (!level) return gov::invalid("level: trace, debug, info, warn or error");
  const auto most = std::chrono::seconds(kLongestLevel).count();
  const std::int64_t seconds = number_in(request, "seconds", 600);
  if (seconds < 1 || seconds > most)
    return gov::invalid(
        "a level stays for 1 second to 24 hours; write one that is to stay into "
        "host.log_level and reload");
  Log& log = parts_.runtime.log();
  const Level before = log.level();
  const std::uint64_t change = ++level_changes_;
  log.set_level(*level);
  parts_.runtime.reaper().at(
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds),
      [this, change] {
        if (level_changes_ != change) return;
        Runtime& runtime = parts_.runtime;
        runtime.log().set_level(
            parse_level(runtime.setup()->config().host.log_level).value_or(Level::kInfo));
        runtime.log().info("log.level_restored", {}, {{"level", name_of(runtime.log().level())}});
      },
      this);
  return json{{"level", name_of(*level)}, {"before", name_of(before)}, {"seconds", seconds}};
}

json Steering::set_away(const json& request) {
  const auto end = request.find("end");
  const bool away = !(end != request.end() && end->is_boolean() && end->get<bool>());
  away_ = away;
  if (away)
    parts_.runtime.log().warn("drain.begin", "an operator keeps new clients away: /readyz says no");
  else
    parts_.runtime.log().info("drain.end", {});
  return {{"drained", away}, {"in_flight", parts_.in_flight()}};
}

ops::Health Steering::health() {
  ops::Health health = parts_.runtime.health();
  if (away_ && health.able) {
    health.able = false;
    health.why = "drained";
  }
  return health;
}

std::string Steering::metrics() {
  const Reloader::State state = parts_.reloader.state();
  return parts_.runtime.metrics_text(parts_.in_flight(), {state.successful, state.succeeded, {}});
}

}  // namespace govhost::app
