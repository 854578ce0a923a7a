#include "app/audit_sinks.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

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
                                                       const AuditSinks::Parts& parts) {
  if (sink.syslog) {
    const std::string& ca_file = sink.ca_file.empty() ? parts.egress.ca_file : sink.ca_file;
    auto made =
        shipping::SyslogSink::make({sink.address, ca_file, sink.cert, sink.key, host_name()});
    if (!made) return made.status();
    return std::unique_ptr<shipping::Sink>(std::move(*made));
  }
  shipping::HttpSinkSettings settings{sink.url, sink.format != "ndjson", sink.scheme, host_name(),
                                      nullptr};
  if (!sink.token.empty()) {
    const auto token = [&secrets = parts.secrets, reference = sink.token] {
      return secrets.resolve(reference);
    };
    if (const auto now = token(); !now) return now.status();
    settings.token = token;
  }
  auto made = shipping::HttpSink::make(std::move(settings), parts.egress);
  if (!made) return made.status();
  return std::unique_ptr<shipping::Sink>(std::move(*made));
}

}  // namespace

std::unique_ptr<AuditSinks> AuditSinks::start(const config::Audit& config, const Parts& parts,
                                              std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  std::vector<std::pair<std::string, std::unique_ptr<shipping::Sink>>> made;
  for (const config::AuditSink& sink : config.sinks) {
    auto one = make_sink(sink, parts);
    if (one)
      made.emplace_back(sink.name, std::move(*one));
    else
      problems.push_back("audit.sink " + sink.name + ": " + one.status().message());
  }
  if (problems.size() != before) return nullptr;
  std::unique_ptr<AuditSinks> sinks(new AuditSinks(parts.trail));
  for (auto& [name, sink] : made)
    sinks->shippers_.push_back(
        std::make_unique<shipping::Shipper>(name, config.dir, std::move(sink), parts.log,
                                            [raw = sinks.get()] { raw->note_progress(); }));
  sinks->complete_ = true;
  sinks->note_progress();
  return sinks;
}

// All of them before the first goes away: one that makes progress looks at the others.
AuditSinks::~AuditSinks() {
  for (const auto& shipper : shippers_) shipper->stop();
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
