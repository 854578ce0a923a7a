#include "app/metrics_page.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "app/build_info.h"
#include "backup/records.h"
#include "core/scrub.h"
#include "observe/process.h"

namespace govhost::app {
namespace {

using prometheus::MetricFamily;
using Families = std::vector<MetricFamily>;
constexpr auto kCounter = prometheus::MetricType::Counter;
constexpr auto kGauge = prometheus::MetricType::Gauge;
constexpr std::size_t kDigest = 12;  // digits of a snapshot's digest

double seconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void add_content(const mcp::Generation& generation, Families& out) {
  const content::Snapshot& snapshot = generation.snapshot();
  MetricFamily& documents =
      out.emplace_back(family("govhost_content_documents", "Documents in service", kGauge));
  for (const std::string_view kind : snapshot.kinds())
    add_sample(documents, {{"kind", kind}}, static_cast<double>(snapshot.of_kind(kind).size()));
  add_sample(out.emplace_back(family("govhost_content_snapshot_info",
                                     "The snapshot in service, by its digest", kGauge)),
             {{"digest", std::string_view(snapshot.digest()).substr(0, kDigest)}}, 1);
  MetricFamily& notes = out.emplace_back(
      family("govhost_content_notes", "Faults found in documents that are in service", kGauge));
  add_sample(notes, {}, static_cast<double>(snapshot.notes().size()));
}

void add_sources(const sync::Engine& engine, Families& out) {
  MetricFamily verified = family("govhost_content_last_verified_timestamp_seconds",
                                 "When the source was last known to have what is served", kGauge);
  MetricFamily stale = family("govhost_content_stale",
                              "Whether what is served of the source may be "
                              "out of date",
                              kGauge);
  MetricFamily failures =
      family("govhost_source_failures", "Readings of the source that failed, in a row", kGauge);
  MetricFamily breaker = family("govhost_source_breaker_state",
                                "1 for the state that the source's circuit breaker is in", kGauge);
  for (const sync::SourceView& source : engine.views()) {
    if (source.freshness.confirmed)
      add_sample(verified, {{"source", source.name}}, seconds_of(*source.freshness.confirmed));
    add_sample(stale, {{"source", source.name}}, source.freshness.stale ? 1 : 0);
    add_sample(failures, {{"source", source.name}}, static_cast<double>(source.failures));
    for (const sync::Breaker each :
         {sync::Breaker::kClosed, sync::Breaker::kHalfOpen, sync::Breaker::kOpen})
      add_sample(breaker, {{"source", source.name}, {"state", sync::name_of(each)}},
                 source.breaker == each ? 1 : 0);
  }
  for (MetricFamily* each : {&verified, &stale, &failures, &breaker})
    if (!each->metric.empty()) out.push_back(std::move(*each));
}

void add_cache(mcp::Server& server, const mcp::Generation& generation, Families& out) {
  using Event = content::Freshness::Event;
  MetricFamily& requests = out.emplace_back(
      family("govhost_cache_requests_total", "Answers by the layer they came from", kCounter));
  const auto add = [&](std::string_view layer, std::string_view outcome, std::uint64_t count) {
    add_sample(requests, {{"layer", layer}, {"outcome", outcome}}, static_cast<double>(count));
  };
  const auto counted = [&](Event what) { return generation.counted(what, {}); };
  add("answer", "hit", server.counters().answer_hits);
  add("answer", "miss", server.counters().answer_misses);
  add("snapshot", "stale", counted(Event::kStaleAnswer));
  add("bundle", "hit", counted(Event::kFromBundle));
  add("upstream", "revalidated", counted(Event::kRevalidated));
  add("upstream", "miss", counted(Event::kFetched));
  MetricFamily& readings = out.emplace_back(family(
      "govhost_source_readings_total", "Readings of all sources by what came of them", kCounter));
  for (const auto& [outcome, what] :
       {std::pair("changed", Event::kChanged), std::pair("unchanged", Event::kRevalidated),
        std::pair("failed", Event::kFailed)})
    add_sample(readings, {{"outcome", outcome}}, static_cast<double>(counted(what)));
}

void add_limits(const access::RateLimits& rates, Families& out) {
  if (rates.empty()) return;
  MetricFamily asked =
      family("govhost_rate_limit_total", "Requests that a limit let pass or refused", kCounter);
  MetricFamily keys = family("govhost_rate_limit_keys", "Callers that a limit knows", kGauge);
  MetricFamily evictions = family("govhost_rate_limit_evictions_total",
                                  "Callers that a limit forgot to make room", kCounter);
  for (const access::RateLimit* const limit : rates.all()) {
    const std::string_view name = limit->settings().name;
    add_sample(asked, {{"limit", name}, {"outcome", "allow"}},
               static_cast<double>(limit->allowed()));
    add_sample(asked, {{"limit", name}, {"outcome", "deny"}},
               static_cast<double>(limit->refused()));
    add_sample(keys, {{"limit", name}}, static_cast<double>(limit->keys()));
    add_sample(evictions, {{"limit", name}}, static_cast<double>(limit->evictions()));
  }
  for (MetricFamily* each : {&asked, &keys, &evictions}) out.push_back(std::move(*each));
}

void add_config(const ConfigState& config, Families& out) {
  add_sample(
      out.emplace_back(family("govhost_config_info",
                              "The configuration in force, by a hash of what it says", kGauge)),
      {{"hash", config.hash}}, 1);
  add_sample(out.emplace_back(family("govhost_config_last_reload_successful",
                                     "Whether the last reload, or the start, put a configuration "
                                     "in force",
                                     kGauge)),
             {}, config.reloaded ? 1 : 0);
  add_sample(out.emplace_back(family("govhost_config_last_reload_success_timestamp_seconds",
                                     "Since when the configuration is in force", kGauge)),
             {}, seconds_of(config.since));
}

void add_secrets(const plugin::Secrets& secrets, Families& out) {
  MetricFamily refreshed = family("govhost_secret_last_refresh_timestamp_seconds",
                                  "When a store or a program last said what the secret is", kGauge);
  for (const plugin::Secrets::Age& age : secrets.ages())
    add_sample(refreshed, {{"secret", age.reference}}, seconds_of(age.refreshed));
  if (!refreshed.metric.empty()) out.push_back(std::move(refreshed));
}

// Made by other processes, of a timer: they leave word of it in the state directory.
void add_backups(const std::string& state, Families& out) {
  const auto add = [&](backup::Deed deed, const char* name, const char* help) {
    if (const auto done = backup::last_done(state, deed))
      add_sample(out.emplace_back(family(name, help, kGauge)), {}, seconds_of(done->at));
  };
  add(backup::Deed::kCreate, "govhost_backup_last_success_timestamp_seconds",
      "When a backup of this host was last made");
  add(backup::Deed::kDrill, "govhost_backup_last_drill_timestamp_seconds",
      "When a backup was last restored and served, as a drill");
}

void add_process(Families& out) {
  const auto gauge = [&](const char* name, const char* help, double value) {
    add_sample(out.emplace_back(family(name, help, kGauge)), {}, value);
  };
  const ProcessUse use = process_use();
  add_sample(out.emplace_back(
                 family("process_cpu_seconds_total", "Processor time of the process", kCounter)),
             {}, use.cpu_seconds);
  gauge("process_resident_memory_bytes", "Memory of the process", use.resident_bytes);
  gauge("process_threads", "Threads of the process", use.threads);
  gauge("process_open_fds", "Open files of the process", use.open_files);
  gauge("process_max_fds", "Files that the process may open", use.most_files);
  gauge("process_start_time_seconds", "When the process started", use.start_time);
}

}  // namespace

std::string MetricsPage::text() const {
  Families out;
  add_sample(out.emplace_back(family("govhost_build_info", "What is running", kGauge)),
             {{"version", kVersion}}, 1);
  for (MetricFamily measured : {metrics.operations.read(), metrics.fetches.read()})
    if (!measured.metric.empty()) out.push_back(std::move(measured));
  add_sample(out.emplace_back(
                 family("govhost_inflight_requests", "Messages that are being worked on", kGauge)),
             {}, static_cast<double>(in_flight));
  if (const auto generation = server.generation()) {
    add_content(*generation, out);
    add_cache(server, *generation, out);
  }
  add_sources(engine, out);
  add_limits(rates, out);
  if (trail != nullptr) {
    add_sample(out.emplace_back(family("govhost_audit_records_total",
                                       "Records taken into the audit trail", kCounter)),
               {}, static_cast<double>(trail->records()));
    add_sample(out.emplace_back(family("govhost_audit_accepts",
                                       "Whether the audit trail can be written", kGauge)),
               {}, trail->accepts() ? 1 : 0);
  }
  if (sinks != nullptr) {
    MetricFamily& lag = out.emplace_back(family("govhost_audit_sink_lag_records",
                                                "Records that the sink does not have yet", kGauge));
    for (const AuditSinks::State& sink : sinks->states())
      add_sample(lag, {{"sink", sink.name}}, static_cast<double>(sink.behind));
  }
  add_config(config, out);
  add_secrets(secrets, out);
  add_backups(state_directory, out);
  add_process(out);
  std::string text = to_text(out);
  scrub(text);
  return text;
}

}  // namespace govhost::app
