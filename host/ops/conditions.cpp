#include "ops/conditions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace govhost::ops {
namespace {

using Of = Sign::Of;

// Codes of the host's own failures, not of what callers get wrong: internal, deadline, overload.
#define OWN_FAILURES "error_type=~\"-32603|-31002|-31001\""
#define DURATION "mcp_server_operation_duration_seconds"

constexpr std::array kConditions = {
    Condition{"GovhostDown", Severity::kPage, "up{job=\"govhost\"} == 0", "1m",
              "govhost on {{ $labels.instance }} does not answer", "down"},
    Condition{"GovhostAuditFailing",
              Severity::kPage,
              "govhost_audit_accepts == 0",
              "0m",
              "the audit trail cannot be written, and nothing is answered",
              "audit-failing",
              {Of::kValue, "govhost_audit_accepts", "", '=', 0}},
    Condition{"GovhostNoDocuments",
              Severity::kPage,
              "absent(govhost_content_documents) and on() up{job=\"govhost\"} == 1",
              "5m",
              "no document is served",
              "no-documents",
              {Of::kAbsence, "govhost_content_documents"}},
    Condition{"GovhostFailing", Severity::kPage,
              "sum by (instance) (rate(" DURATION "_count{" OWN_FAILURES "}[5m])) / "
              "sum by (instance) (rate(" DURATION "_count[5m])) > 0.01",
              "5m", "more than 1 % of the calls fail by our own fault", "failing"},
    Condition{"GovhostSlow", Severity::kTicket,
              "histogram_quantile(0.99, sum by (instance, le) (rate(" DURATION
              "_bucket[5m]))) > 0.5",
              "10m", "1 % of the calls take longer than half a second", "slow"},
    Condition{"GovhostFilesExhausted",
              Severity::kPage,
              "process_open_fds{job=\"govhost\"} / process_max_fds{job=\"govhost\"} > 0.8",
              "10m",
              "more than 80 % of the files that the process may open are open",
              "files-exhausted",
              {Of::kFraction, "process_open_fds", "", '>', 0.8, "process_max_fds"}},
    Condition{"GovhostRestarting", Severity::kTicket,
              "changes(process_start_time_seconds{job=\"govhost\"}[30m]) > 2", "0m",
              "govhost has started more than twice in half an hour", "restarting"},
    Condition{"GovhostReloadFailed",
              Severity::kTicket,
              "govhost_config_last_reload_successful == 0",
              "0m",
              "the configuration on disk is faulty; the one before it stays in force",
              "reload-failed",
              {Of::kValue, "govhost_config_last_reload_successful", "", '=', 0}},
    Condition{"GovhostConfigSkew", Severity::kTicket,
              "count(count by (hash) (govhost_config_info{job=\"govhost\"})) > 1", "15m",
              "replicas are configured differently", "reload-failed"},
    Condition{"GovhostContentStale",
              Severity::kTicket,
              "govhost_content_stale == 1",
              "30m",
              "what is served of {{ $labels.source }} may be out of date",
              "content-stale",
              {Of::kValue, "govhost_content_stale", "", '=', 1}},
    Condition{"GovhostContentOld",
              Severity::kTicket,
              "time() - govhost_content_last_verified_timestamp_seconds > 86400",
              "5m",
              "{{ $labels.source }} was not confirmed for a day",
              "content-stale",
              {Of::kAge, "govhost_content_last_verified_timestamp_seconds", "", '>', 86400}},
    Condition{"GovhostSourceUnreachable",
              Severity::kTicket,
              "govhost_source_breaker_state{state=\"open\"} == 1",
              "15m",
              "{{ $labels.source }} fails again and again, and is left alone for a while",
              "content-stale",
              {Of::kValue, "govhost_source_breaker_state", "state=open", '=', 1}},
    Condition{"GovhostAuditSinkBehind",
              Severity::kTicket,
              "govhost_audit_sink_lag_records > 10000",
              "10m",
              "the sink {{ $labels.sink }} lacks more than 10 000 records",
              "audit-sink-behind",
              {Of::kValue, "govhost_audit_sink_lag_records", "", '>', 10000}},
    Condition{"GovhostSecretStale",
              Severity::kTicket,
              "time() - govhost_secret_last_refresh_timestamp_seconds > 3600",
              "5m",
              "{{ $labels.secret }} could not be asked for again for an hour",
              "secret-stale",
              {Of::kAge, "govhost_secret_last_refresh_timestamp_seconds", "", '>', 3600}},
    Condition{"GovhostBackupOld",
              Severity::kTicket,
              "time() - govhost_backup_last_success_timestamp_seconds > 93600",
              "5m",
              "the last backup is older than 26 hours",
              "backup-old",
              {Of::kAge, "govhost_backup_last_success_timestamp_seconds", "", '>', 93600}},
    Condition{"GovhostCallersLimited", Severity::kTicket,
              "sum by (instance, limit) (rate(govhost_rate_limit_total{outcome=\"deny\"}[5m])) > 1",
              "15m", "the limit {{ $labels.limit }} refuses more than a request a second",
              "callers-limited"},
    Condition{"GovhostCallersForgotten", Severity::kTicket,
              "rate(govhost_rate_limit_evictions_total[5m]) > 10", "15m",
              "the limit {{ $labels.limit }} has more callers than it can remember",
              "callers-limited"},
    Condition{"GovhostCredentialsRefused", Severity::kTicket,
              "sum by (instance) (rate(" DURATION
              "_count{error_type=~\"invalid_token|unauthenticated|invalid_request\"}[5m])) > 1",
              "10m", "more than a credential a second is refused", "credentials-refused"},
};

#undef OWN_FAILURES
#undef DURATION

bool holds(const Condition& condition, const Series& series, const std::vector<Series>& all,
           double now) {
  const Sign& sign = condition.sign;
  if (series.name != sign.metric) return false;
  if (!sign.label.empty()) {
    const std::size_t equals = sign.label.find('=');
    const auto found = series.labels.find(std::string(sign.label.substr(0, equals)));
    if (found == series.labels.end() || found->second != sign.label.substr(equals + 1))
      return false;
  }
  double value = sign.of == Of::kAge ? now - series.value : series.value;
  if (sign.of == Of::kFraction) {
    const auto whole =
        std::find_if(all.begin(), all.end(), [&](const Series& s) { return s.name == sign.whole; });
    if (whole == all.end() || whole->value <= 0) return false;
    value /= whole->value;
  }
  return sign.is == '>'   ? value > sign.limit
         : sign.is == '<' ? value < sign.limit
                          : value == sign.limit;
}

// A string of YAML in double quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// name="value",...}
bool read_labels(std::string_view& rest, std::map<std::string, std::string>& out) {
  while (!rest.empty() && rest.front() != '}') {
    const std::size_t equals = rest.find("=\"");
    if (equals == std::string_view::npos) return false;
    const std::string name(rest.substr(0, equals));
    rest.remove_prefix(equals + 2);
    std::string value;
    for (;;) {
      if (rest.empty()) return false;
      const char c = rest.front();
      rest.remove_prefix(1);
      if (c == '"') break;
      if (c == '\\' && !rest.empty()) {
        value += rest.front() == 'n' ? '\n' : rest.front();
        rest.remove_prefix(1);
      } else {
        value += c;
      }
    }
    out.emplace(name, std::move(value));
    if (!rest.empty() && rest.front() == ',') rest.remove_prefix(1);
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<Series> read_line(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  const std::size_t end = line.find_first_of("{ ");
  if (end == std::string_view::npos) return std::nullopt;
  Series out{std::string(line.substr(0, end)), {}, 0};
  line.remove_prefix(end);
  if (line.front() == '{') {
    line.remove_prefix(1);
    if (!read_labels(line, out.labels)) return std::nullopt;
  }
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), out.value);
  return error == std::errc() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::string_view name_of(Severity severity) {
  return severity == Severity::kPage ? "page" : "ticket";
}

std::span<const Condition> conditions() { return kConditions; }

std::string prometheus_rules(std::string_view runbooks) {
  std::string out =
      "# Alerts of govhost, made by `govhost alerts rules`. The job of the scrape is \"govhost\".\n"
      "groups:\n  - name: govhost\n    rules:\n";
  for (const Condition& each : kConditions) {
    out.append("      - alert: ").append(each.name);
    out.append("\n        expr: ").append(quoted(each.expression));
    out.append("\n        for: ").append(each.lasts);
    out.append("\n        labels:\n          severity: ").append(name_of(each.severity));
    out.append("\n        annotations:\n          summary: ").append(quoted(each.summary));
    out.append("\n          runbook_url: ")
        .append(quoted(std::string(runbooks) + std::string(each.runbook) + ".md"))
        .append("\n");
  }
  return out;
}

std::vector<Series> read_metrics(std::string_view page) {
  std::vector<Series> out;
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    if (auto series = read_line(page.substr(0, end))) out.push_back(std::move(*series));
    page.remove_prefix(std::min(end + 1, page.size()));
  }
  return out;
}

std::vector<Finding> diagnose(const std::vector<Series>& series, double now) {
  std::vector<Finding> out;
  for (const Condition& condition : kConditions) {
    if (condition.sign.of == Of::kNothing) continue;
    if (condition.sign.of == Of::kAbsence) {
      const bool is_there = std::any_of(series.begin(), series.end(), [&](const Series& s) {
        return s.name == condition.sign.metric;
      });
      if (!is_there) out.push_back({&condition, nullptr});
      continue;
    }
    for (const Series& each : series)
      if (holds(condition, each, series, now)) out.push_back({&condition, &each});
  }
  std::stable_sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) {
    return a.condition->severity > b.condition->severity;
  });
  return out;
}

std::string summary_of(const Finding& finding) {
  std::string out(finding.condition->summary);
  constexpr std::string_view kOpen = "{{ $labels.", kClose = " }}";
  for (std::size_t at = 0; (at = out.find(kOpen, at)) != std::string::npos;) {
    const std::size_t end = out.find(kClose, at);
    if (end == std::string::npos) break;
    const std::string name = out.substr(at + kOpen.size(), end - at - kOpen.size());
    std::string value = "?";
    if (finding.series)
      if (const auto found = finding.series->labels.find(name);
          found != finding.series->labels.end())
        value = found->second;
    out.replace(at, end + kClose.size() - at, value);
    at += value.size();
  }
  return out;
}

}  // namespace govhost::ops
