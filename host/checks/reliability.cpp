// Whether it goes on: limits, caches, health, backup, people.
#include <sys/resource.h>

#include <array>

#include "checks/facts.h"
#include "core/time.h"

namespace govhost::checks {
namespace {

Outcome open_files(const Context& context) {
  std::uint64_t connections = 0;
  for (const config::Instance* each : http_transports(context.config)) {
    const auto found = options_of(*each).find("max_connections");
    connections += found != options_of(*each).end() && found->is_number_integer()
                       ? found->get<std::uint64_t>()
                       : 1024;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const std::string seen =
      std::to_string(files.rlim_max) + " files, " + std::to_string(connections) + " connections";
  return files.rlim_max == RLIM_INFINITY || files.rlim_max >= 2 * connections
             ? Outcome{Status::kPass, seen}
             : Outcome{Status::kFail, seen};
}

Outcome in_flight(const Context& context) {
  const config::Host& host = context.config.host;
  const std::string seen = std::to_string(host.max_in_flight_per_caller) + " of " +
                           std::to_string(host.max_in_flight) + " calls in flight for one caller";
  return host.max_in_flight_per_caller < host.max_in_flight
             ? Outcome{Status::kPass, host.max_in_flight_per_caller == 0 ? "half of them" : seen}
             : Outcome{Status::kFail, seen};
}

Outcome bundles(const Context& context) {
  return context.config.content.bundle_dir.empty()
             ? Outcome{Status::kFail, "a start needs every source"}
             : Outcome{Status::kPass, context.config.content.bundle_dir};
}

Outcome replicas(const Context& context) {
  return context.config.host.keys.empty()
             ? Outcome{Status::kFail, "sessions end with the process, and are of one replica"}
             : Outcome{Status::kPass, std::to_string(context.config.host.keys.size()) + " keys"};
}

Outcome probes(const Context& context) {
  return context.config.ops.enabled ? Outcome{Status::kPass, "/livez, /readyz and /startupz on " +
                                                                 context.config.ops.listen}
                                    : Outcome{Status::kFail, "ops.enabled = false"};
}

Outcome drain(const Context& context) {
  const auto delay = context.config.host.drain_delay;
  return delay.count() > 0 || http_transports(context.config).empty()
             ? Outcome{Status::kPass, std::to_string(delay.count()) + " ms"}
             : Outcome{Status::kWarn, "no time for the load balancer to see that it ends"};
}

Outcome gates(const Context& context) {
  std::vector<std::string> wrong;
  for (const config::Source& source : context.config.sources)
    if (!source.ref.path.empty() && source.gate.require.empty() && source.gate.max_shrink >= 1)
      wrong.push_back(source.name);
  return none_of(wrong, "content that lost too much is not served");
}

// A daily timer is not exact to the second: two hours more are a warning.
Outcome backed_up(const Context& context) {
  constexpr std::chrono::hours kDay{24}, kLate{26};
  if (!context.last_backup) return {Status::kFail, "no backup was made, as far as is known here"};
  const auto age = context.now - *context.last_backup;
  return {age <= kDay    ? Status::kPass
          : age <= kLate ? Status::kWarn
                         : Status::kFail,
          "the last is of " + to_rfc3339(*context.last_backup)};
}

Outcome drilled(const Context& context) {
  constexpr std::chrono::hours kLongest{90 * 24};
  if (!context.last_drill) return {Status::kFail, "no restore was tried, as far as is known here"};
  return {context.now - *context.last_drill <= kLongest ? Status::kPass : Status::kFail,
          "the last is of " + to_rfc3339(*context.last_drill)};
}

constexpr const char* kResources = "Resource limits appropriate";
constexpr const char* kCaching = "Caching strategy optimised";
constexpr const char* kScaling = "Scaling policies defined and tested";
constexpr const char* kHealth = "Health checks configured and tested";
constexpr const char* kBackup = "Backup and recovery tested";

constexpr std::array kReliabilityChecks = {
    Check{"PERF-001", "There are files enough for the connections", kResources, "MI-8",
          "twice transport.options.max_connections", "raise LimitNOFILE=", "life-cycle.md",
          open_files},
    Check{"PERF-002", "One caller does not get all places", kResources, "MI-8",
          "host.max_in_flight_per_caller below host.max_in_flight",
          "lower host.max_in_flight_per_caller", "limits.md", in_flight},
    Check{"PERF-004", "A start needs no source", kCaching, "MI-8", "content.bundle_dir",
          "set content.bundle_dir", "content.md", bundles},
    Check{"PERF-005", "It was tested under load", "Load testing completed", "MI-8",
          "a load test of this configuration", "attest it with a reference to the report",
          "limits.md"},
    Check{"PERF-006", "Somebody looks at the metrics", "Performance monitoring enabled", "MI-4",
          "Prometheus reads /metrics", "attest it with a reference to the dashboard", "metrics.md"},
    Check{"PERF-007", "Replicas share what they must", kScaling, "MI-8",
          "host.keys, the same on every replica", "set host.keys", "replicas.md", replicas},
    Check{"REL-001", "Probes are answered", kHealth, "MI-4", "ops.enabled = true",
          "remove ops.enabled", "life-cycle.md", probes},
    Check{"REL-002", "It ends without a failed call", kHealth, "MI-8",
          "host.drain_delay above the probe's interval", "set host.drain_delay = \"10s\"",
          "life-cycle.md", drain},
    Check{"REL-003", "Somebody is told of alerts", "Monitoring and alerting operational",
          "MI-4, MI-9", "alerts reach somebody", "attest it with a reference to a test alert",
          "runbooks/README.md"},
    Check{"REL-004", "What cannot be made anew is kept elsewhere", kBackup, "MI-8",
          "backups go to another machine", "attest it with a reference to the copies", "backup.md"},
    Check{"REL-005", "Content that lost too much is not served", kBackup, "MI-13",
          "gate.max_shrink below 1, or gate.require", "set gate in [[source]]", "content.md",
          gates},
    Check{"REL-006", "What to do in an incident is written down", "Incident response documented",
          "MI-4", "runbooks with owner and escalation", "attest it with a reference to your copy",
          "runbooks/README.md"},
    Check{"REL-007", "Somebody is on call", "On-call rotation established", "MI-4", "a rota",
          "attest it with a reference to the rota", "runbooks/README.md"},
    Check{"REL-008", "A backup is made every day", kBackup, "MI-8", "one of the last 24 hours",
          "run `govhost backup create` by a timer, with the state directory of the server",
          "backup.md", backed_up},
    Check{"REL-009", "A backup was restored to see that it can be", kBackup, "MI-8",
          "a drill of the last 90 days", "run `govhost backup restore --drill`", "backup.md",
          drilled},
};

}  // namespace

std::span<const Check> reliability_checks() { return kReliabilityChecks; }

}  // namespace govhost::checks
