#include "app/console_pages.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

#include "app/build_info.h"
#include "console/files.h"
#include "core/time.h"
#include "ops/conditions.h"

namespace govhost::app {
namespace {

using nlohmann::json;

double console_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// "# Title" of its first line.
std::string_view title_of_page(std::string_view text) {
  if (!text.starts_with("# ")) return {};
  return text.substr(2, std::min(text.find('\n'), text.size()) - 2);
}

json runbook_pages() {
  json out = json::array();
  for (const EmbeddedFile& file : console::runbooks())
    out.push_back({{"name", file.key.substr(0, file.key.size() - 3)},
                   {"title", title_of_page(file.text)},
                   {"text", file.text}});
  return {{"runbooks", std::move(out)}};
}

}  // namespace

ConsolePages::ConsolePages(Asked asked)
    : asked_(std::move(asked)), sampler_({asked_.now, asked_.in_flight}) {
  const auto add = [this](const char* name, Json (ConsolePages::*data)() const) {
    console_.add(name, [this, data](const Query&) { return (this->*data)(); });
  };
  add("overview", &ConsolePages::overview);
  add("traffic", &ConsolePages::traffic);
  add("search", &ConsolePages::search);
  add("clients", &ConsolePages::clients);
  add("content", &ConsolePages::content);
  add("security", &ConsolePages::security);
  add("audit", &ConsolePages::audit);
  add("plugins", &ConsolePages::plugins);
  add("checks", &ConsolePages::checks);
  add("compliance", &ConsolePages::compliance);
  add("config", &ConsolePages::settings);
  add("system", &ConsolePages::system);
  console_.add("runbooks", [](const Query&) { return runbook_pages(); });
  console_.add("knowledge", [this](const Query& query) { return knowledge(query); });
  console_.add("history", [this](const Query& query) { return history(query); });
}

json ConsolePages::overview() const {
  const ConsoleParts parts = asked_.now();
  const ops::Health health = asked_.health();
  const ops::Stage stage = asked_.life.stage();
  const std::string page = asked_.metrics();
  const auto series = ops::read_metrics(page);
  json conditions = json::array();
  for (const ops::Finding& finding : ops::diagnose(series, console_now()))
    conditions.push_back({{"name", finding.condition->name},
                          {"severity", ops::name_of(finding.condition->severity)},
                          {"summary", ops::summary_of(finding)},
                          {"runbook", finding.condition->runbook}});
  const mcp::ServerStatus& status = parts.setup->wiring()->status;
  json out = {{"time", to_rfc3339(std::chrono::system_clock::now())},
              {"version", status.version},
              {"config_file", status.config_file},
              {"uptime_s", status.uptime_seconds()},
              {"stage", ops::name_of(stage)},
              {"status", stage != ops::Stage::kReady ? std::string(ops::name_of(stage))
                         : !health.able              ? health.why
                         : health.degraded           ? "degraded"
                                                     : "ok"},
              {"in_flight", asked_.in_flight()},
              {"max_in_flight", parts.setup->config().host.max_in_flight},
              {"components", json::parse(health.components)},
              {"conditions", std::move(conditions)},
              {"changes", sampler_.changes().read()}};
  if (const auto generation = parts.server.generation()) {
    out["snapshot"] = generation->snapshot().digest().substr(0, 12);
    out["documents"] = generation->snapshot().documents().size();
  }
  return out;
}

json ConsolePages::history(const Query& query) const {
  return sampler_.history().read(query.of("span") == "24h");
}

}  // namespace govhost::app
