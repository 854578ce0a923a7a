#include "app/console_pages.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

#include "app/build_info.h"
#include "app/health_page.h"
#include "app/metrics_page.h"
#include "console/files.h"
#include "core/digest.h"
#include "core/read_file.h"
#include "core/time.h"
#include "ops/conditions.h"

namespace govhost::app {
namespace {

using nlohmann::json;

double console_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string sha256_of_file(const std::string& file) {
  if (file.empty()) return {};
  const auto text = govhost::read_file(file);
  return text ? to_hex(sha256(*text)) : std::string();
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

ConsolePages::ConsolePages(const ConsoleParts& parts, const ops::Life& life,
                           std::function<std::size_t()> in_flight)
    : parts_(parts),
      life_(life),
      in_flight_(in_flight),
      sampler_(parts_, std::move(in_flight)),
      config_sha256_(sha256_of_file(parts.config.file)) {
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
  const ops::Health health =
      HealthPage{parts_.engine, parts_.search, parts_.trail, parts_.sinks}.health();
  const ops::Stage stage = life_.stage();
  const std::string page = MetricsPage{parts_.metrics, parts_.server, parts_.engine,  parts_.rates,
                                       parts_.trail,   parts_.sinks,  parts_.secrets, in_flight_()}
                               .text();
  const auto series = ops::read_metrics(page);
  json conditions = json::array();
  for (const ops::Finding& finding : ops::diagnose(series, console_now()))
    conditions.push_back({{"name", finding.condition->name},
                          {"severity", ops::name_of(finding.condition->severity)},
                          {"summary", ops::summary_of(finding)},
                          {"runbook", finding.condition->runbook}});
  const mcp::ServerStatus& status = parts_.server.status();
  json out = {{"time", to_rfc3339(std::chrono::system_clock::now())},
              {"version", status.version},
              {"config_file", status.config_file},
              {"uptime_s", status.uptime_seconds()},
              {"stage", ops::name_of(stage)},
              {"status", stage != ops::Stage::kReady ? std::string(ops::name_of(stage))
                         : !health.able              ? health.why
                         : health.degraded           ? "degraded"
                                                     : "ok"},
              {"in_flight", in_flight_()},
              {"max_in_flight", parts_.config.host.max_in_flight},
              {"components", json::parse(health.components)},
              {"conditions", std::move(conditions)},
              {"changes", sampler_.changes().read()}};
  if (const auto generation = parts_.server.generation()) {
    out["snapshot"] = generation->snapshot().digest().substr(0, 12);
    out["documents"] = generation->snapshot().documents().size();
  }
  return out;
}

json ConsolePages::history(const Query& query) const {
  return sampler_.history().read(query.of("span") == "24h");
}

}  // namespace govhost::app
