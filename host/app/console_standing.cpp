// The console's pages about how the process stands: secrets, audit, plugins, checks, settings.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "app/build_info.h"
#include "app/console_pages.h"
#include "app/reload_report.h"
#include "audit/checkpoint.h"
#include "checks/facts.h"
#include "checks/report.h"
#include "core/digest.h"
#include "core/read_file.h"
#include "core/time.h"
#include "observe/process.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kChecksHold{1};

json auth_outcomes(const HistogramFamily& operations) {
  constexpr std::array<std::string_view, 5> kOutcomes = {
      "unauthenticated", "invalid_token", "invalid_request", "insufficient_scope", "rate_limited"};
  constexpr std::size_t kErrorType = 2;
  std::map<std::string_view, std::uint64_t> counts;
  std::uint64_t let_in = 0;
  operations.visit([&](std::span<const std::string> labels, const Histogram& series) {
    std::vector<std::uint64_t> buckets(operations.bounds().size() + 1);
    series.add_to(buckets);
    std::uint64_t all = 0;
    for (const std::uint64_t each : buckets) all += each;
    const auto outcome = std::find(kOutcomes.begin(), kOutcomes.end(), labels[kErrorType]);
    (outcome == kOutcomes.end() ? let_in : counts[*outcome]) += all;
  });
  json out = json::array({{{"outcome", "let in"}, {"count", let_in}}});
  for (const std::string_view outcome : kOutcomes)
    out.push_back({{"outcome", outcome}, {"count", counts[outcome]}});
  return out;
}

json certificates(const config::Config& config) {
  json out = json::array();
  for (const checks::CertificateInUse& each : checks::certificates_in_use(config))
    out.push_back({{"listen", each.listen},
                   {"file", each.file},
                   {"ends_at", each.end ? json(to_rfc3339(*each.end)) : json()}});
  return out;
}

// The last line of the file, which may be long.
json last_checkpoint(const std::filesystem::path& folder) {
  constexpr std::streamoff kTail = 4096;
  std::ifstream file(folder / "checkpoints.jsonl", std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? std::streamoff(file.tellg()) : 0;
  if (size <= 0) return {};
  file.seekg(std::max<std::streamoff>(size - kTail, 0));
  std::optional<audit::Checkpoint> last;
  for (std::string line; std::getline(file, line);)
    if (auto read = audit::read_checkpoint(line)) last = std::move(read);
  if (!last) return {};
  return {{"seq", last->seq}, {"time", last->time}};
}

json sinks_of(const AuditSinks& sinks, const config::Audit& config) {
  json out = json::array();
  for (const AuditSinks::State& state : sinks.states()) {
    json row = {{"sink", state.name}, {"behind", state.behind}, {"failing", state.failing}};
    for (const config::AuditSink& each : config.sinks)
      if (each.name == state.name) row["kind"] = each.syslog ? "syslog" : "http";
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

json ConsolePages::security() const {
  const ConsoleParts parts = asked_.now();
  json secrets = json::array(), auth = json::array();
  for (const plugin::Secrets::Age& age : parts.secrets.ages())
    secrets.push_back({{"reference", age.reference}, {"refreshed_at", to_rfc3339(age.refreshed)}});
  for (const config::Instance& each : parts.setup->config().auth)
    auth.push_back({{"name", each.name}, {"plugin", each.ref.plugin}});
  const config::Policy& policy = parts.setup->config().policy;
  return {{"outcomes", auth_outcomes(parts.metrics.operations)},
          {"auth", std::move(auth)},
          {"secrets", std::move(secrets)},
          {"secret_refresh_s",
           std::chrono::duration<double>(parts.setup->config().host.secret_refresh).count()},
          {"certificates", certificates(parts.setup->config())},
          {"rules", policy.rules.size()},
          {"restrictions", policy.restrictions.size()},
          {"allow_anonymous", policy.allow_anonymous},
          {"required_scopes", policy.required_scopes},
          {"revoked",
           parts.admission->revocations ? json(parts.admission->revocations->size()) : json()}};
}

json ConsolePages::audit() const {
  const ConsoleParts parts = asked_.now();
  const config::Audit& config = parts.setup->config().audit;
  if (parts.trail == nullptr) return {{"enabled", false}};
  const std::filesystem::path& folder = parts.trail->folder();
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return {{"enabled", true},
          {"accepts", parts.trail->accepts()},
          {"records", parts.trail->records()},
          {"last_record", parts.trail->last()},
          {"folder", folder.string()},
          {"fsync", config.fsync},
          {"fail_closed", config.fail_closed},
          {"signed", !config.signing_key.empty()},
          {"record_arguments", config.record_arguments},
          {"retention_s", std::chrono::duration<double>(config.retention).count()},
          {"max_size", config.max_size},
          {"free_bytes", error ? json() : json(space.available)},
          {"checkpoint", last_checkpoint(folder)},
          {"sinks", parts.sinks ? sinks_of(*parts.sinks, config) : json::array()},
          {"verify", "govhost audit verify " + folder.string()}};
}

json ConsolePages::plugins() const {
  const ConsoleParts parts = asked_.now();
  std::map<std::string, const config::PluginRef*> files;
  const auto take = [&](std::string_view kind, const auto& instances) {
    for (const auto& each : instances) files[std::string(kind) + " " + each.name] = &each.ref;
  };
  const config::Config& config = parts.setup->config();
  take("transport", config.transports);
  take("source", config.sources);
  take("auth", config.auth);
  take("secrets", config.secrets);
  if (config.search) files["search " + config.search->name] = &config.search->ref;
  json out = json::array();
  for (const mcp::ServerStatus::PluginInfo& each : parts.setup->wiring()->status.plugins) {
    const auto file = files.find(each.instance);
    const bool known = file != files.end();
    out.push_back({{"kind", each.kind},
                   {"instance", each.instance},
                   {"component", each.component},
                   {"version", each.version},
                   {"file", known ? file->second->path : std::string()},
                   {"pinned", known && !file->second->sha256.empty()},
                   {"sha256", known ? file->second->sha256 : std::string()}});
  }
  json fetches = json::array();
  const HistogramFamily& family = parts.metrics.fetches;
  family.visit([&](std::span<const std::string> labels, const Histogram& series) {
    std::vector<std::uint64_t> buckets(family.bounds().size() + 1);
    series.add_to(buckets);
    std::uint64_t all = 0;
    for (const std::uint64_t each : buckets) all += each;
    fetches.push_back({{"source", labels[0]},
                       {"outcome", labels[1]},
                       {"count", all},
                       {"p99_s", quantile(.99, family.bounds(), buckets)}});
  });
  return {{"plugins", std::move(out)}, {"fetches", std::move(fetches)}};
}

namespace {

std::string sha256_of_file(const std::string& file) {
  if (file.empty()) return {};
  const auto text = govhost::read_file(file);
  return text ? to_hex(sha256(*text)) : std::string();
}

}  // namespace

struct ConsolePages::Checked {
  std::chrono::steady_clock::time_point at;
  json report;
};

void ConsolePages::CheckedDeleter::operator()(Checked* checked) const { delete checked; }

const ConsolePages::Checked& ConsolePages::checked() const {
  const ConsoleParts parts = asked_.now();
  const auto now = std::chrono::steady_clock::now();
  if (checked_ && now - checked_->at < kChecksHold) return *checked_;
  const auto time = std::chrono::system_clock::now();
  const auto results = checks::run_checks({parts.setup->config(), {}, time});
  const config::Config& config = parts.setup->config();
  checked_.reset(new Checked{
      now, checks::as_json(results,
                           {std::string(kVersion), config.file.empty() ? "built-in" : config.file,
                            sha256_of_file(config.file), time})});
  return *checked_;
}

json ConsolePages::checks() const { return checked().report; }

json ConsolePages::compliance() const {
  const json& report = checked().report;
  // "MI-4" before "MI-13".
  const auto shorter_first = [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  };
  std::map<std::string, json, decltype(shorter_first)> by_control(shorter_first);
  for (const json& check : report["checks"])
    for (const json& control : check["controls"])
      by_control[control.get<std::string>()].push_back({{"id", check["id"]},
                                                        {"title", check["title"]},
                                                        {"status", check["status"]},
                                                        {"observed", check["observed"]},
                                                        {"page", check["page"]}});
  json controls = json::array();
  for (auto& [control, all] : by_control) {
    std::map<std::string, std::size_t> counts = {
        {"pass", 0}, {"attested", 0}, {"warn", 0}, {"fail", 0}};
    for (const json& check : all) ++counts[check["status"].get<std::string>()];
    controls.push_back({{"control", control}, {"counts", counts}, {"checks", std::move(all)}});
  }
  return {
      {"time", report["time"]}, {"config", report["config"]}, {"controls", std::move(controls)}};
}

json ConsolePages::settings() const {
  const ConsoleParts parts = asked_.now();
  return {{"file", parts.setup->config().file.empty() ? "built-in" : parts.setup->config().file},
          {"hash", hash_of(parts.setup->settings())},
          {"settings", json::parse(config::to_json(parts.setup->settings()))}};
}

json ConsolePages::system() const {
  const ConsoleParts parts = asked_.now();
  const ProcessUse use = process_use();
  return {{"cpu_seconds", use.cpu_seconds},
          {"resident_bytes", use.resident_bytes},
          {"threads", use.threads},
          {"open_files", use.open_files},
          {"most_files", use.most_files},
          {"started_at", to_rfc3339(std::chrono::system_clock::from_time_t(
                             static_cast<std::time_t>(use.start_time)))},
          {"processors", std::thread::hardware_concurrency()},
          {"workers", parts.setup->config().host.threads},
          {"pid", ::getpid()}};
}

}  // namespace govhost::app
