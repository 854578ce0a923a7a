#include "app/audit_sinks.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "plugin/secrets.h"
#include "shipping/http_sink.h"
#include "shipping/syslog_sink.h"

namespace govhost::app {
namespace {

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "-";
  return name;
}

gov::Result<std::unique_ptr<shipping::Sink>> make_sink(const config::AuditSink& sink,
                                                       const egress::Settings& egress) {
  if (sink.syslog) {
    auto made = shipping::SyslogSink::make({sink.address,
                                            sink.ca_file.empty() ? egress.ca_file : sink.ca_file,
                                            sink.cert, sink.key, host_name()});
    if (!made) return made.status();
    return std::unique_ptr<shipping::Sink>(std::move(*made));
  }
  shipping::HttpSinkSettings settings{sink.url, sink.format != "ndjson", sink.scheme, host_name(),
                                      nullptr};
  if (!sink.token.empty()) {
    const auto token = [reference = sink.token] { return plugin::resolve_secret(reference); };
    if (const auto now = token(); !now) return now.status();
    settings.token = token;
  }
  auto made = shipping::HttpSink::make(std::move(settings), egress);
  if (!made) return made.status();
  return std::unique_ptr<shipping::Sink>(std::move(*made));
}

}  // namespace

std::unique_ptr<AuditSinks> AuditSinks::start(const config::Audit& config,
                                              const egress::Settings& egress, audit::Trail& trail,
                                              Log& log, std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  std::vector<std::pair<std::string, std::unique_ptr<shipping::Sink>>> made;
  for (const config::AuditSink& sink : config.sinks) {
    auto one = make_sink(sink, egress);
    if (one)
      made.emplace_back(sink.name, std::move(*one));
    else
      problems.push_back("audit.sink " + sink.name + ": " + one.status().message());
  }
  if (problems.size() != before) return nullptr;
  std::unique_ptr<AuditSinks> sinks(new AuditSinks(trail));
  for (auto& [name, sink] : made)
    sinks->shippers_.push_back(std::make_unique<shipping::Shipper>(
        name, config.dir, std::move(sink), log, [raw = sinks.get()] { raw->note_progress(); }));
  sinks->complete_ = true;
  sinks->note_progress();
  return sinks;
}

// What no sink waits for any more may be removed.
void AuditSinks::note_progress() {
  if (!complete_) return;
  std::uint64_t least = UINT64_MAX;
  for (const auto& shipper : shippers_) least = std::min(least, shipper->sent());
  trail_.need_from(least == UINT64_MAX ? least : least + 1);
}

std::vector<AuditSinks::State> AuditSinks::states() const {
  std::vector<State> out;
  for (const auto& shipper : shippers_) {
    const std::uint64_t sent = shipper->sent(), last = trail_.last();
    out.push_back({shipper->name(), last > sent ? last - sent : 0, shipper->failing()});
  }
  return out;
}

}  // namespace govhost::app
