#include "app/runtime.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <utility>

#include "app/audit_trail.h"
#include "app/exit_codes.h"
#include "app/health_page.h"
#include "app/metrics_page.h"
#include "app/watchdog.h"
#include "core/key_ring.h"
#include "plugin/secrets.h"

namespace govhost::app {

std::unique_ptr<Runtime> Runtime::build(config::Loaded loaded, Log& log, const gov_stdio_v1& stdio,
                                        Extent extent, mcp::Offered offer,
                                        std::vector<std::string>& problems) {
  std::unique_ptr<Runtime> runtime(new Runtime(*loaded.config, log, extent, std::move(offer)));
  runtime->stdio_ = stdio;
  if (!runtime->read_egress(problems)) return nullptr;
  auto setup = Setup::make(runtime->given(std::move(loaded)), nullptr, problems);
  if (!runtime->resolve_keys(problems) || !setup) return nullptr;
  // Nothing is written where something else is wrong; and nothing is started, which may fetch
  // something, before that can be recorded.
  Ground& ground = runtime->ground_;
  const config::Audit& audit = runtime->config_.audit;
  if (extent == Extent::kServe && !open_trail(audit, log, ground.trail, problems)) return nullptr;
  if (ground.trail && !audit.sinks.empty()) {
    runtime->sinks_ =
        AuditSinks::start(audit, {ground.egress, ground.secrets, *ground.trail, log}, problems);
    if (!runtime->sinks_) return nullptr;
  }
  if (extent != Extent::kCheck && !setup->start(problems)) return nullptr;
  if (!setup->wire(problems)) return nullptr;
  runtime->server_ =
      std::make_unique<mcp::Server>(ground.published, setup->wiring(),
                                    mcp::ServerSettings{runtime->config_.host.page_size,
                                                        KeyRing(runtime->keys_), runtime->offer_});
  setup->open(*runtime->server_, nullptr);
  for (std::size_t i = 0; i < setup->transports().size(); ++i)
    runtime->transports_.push_back({runtime->config_.transports[i].name,
                                    plugin::local_transport(*setup->transports()[i].instance)});
  runtime->admission_.set(setup->admission());
  runtime->setup_.set(ground.disposer.own(std::move(setup)));
  return runtime;
}

Setup::Given Runtime::given(config::Loaded loaded) const {
  return {ground_, std::make_shared<const config::Config>(std::move(*loaded.config)),
          std::move(loaded.settings), offer_, &stdio_};
}

bool Runtime::read_egress(std::vector<std::string>& problems) {
  const config::Egress& from = config_.egress;
  auto networks = egress::Networks::parse(from.allow_networks);
  if (!networks) {
    problems.push_back("egress.allow_networks: " + networks.status().message());
    return false;
  }
  ground_.egress = {from.proxy,   from.no_proxy,     from.ca_file,        from.connect_timeout,
                    from.timeout, from.max_response, std::move(*networks)};
  return true;
}

// Whoever can guess a key can make sessions and cursors of his own.
bool Runtime::resolve_keys(std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  if (const std::string& reference = config_.ops.metrics_token; !reference.empty()) {
    const gov::Result<plugin::Secret> token = ground_.secrets.resolve(reference);
    if (!token)
      problems.push_back("ops.metrics_token: " + token.status().message());
    else if (token->reveal().empty())
      problems.push_back("ops.metrics_token: " + reference + " is empty; write a token into it");
  }
  for (const std::string& reference : config_.host.keys) {
    const gov::Result<plugin::Secret> key = plugin::resolve_secret(reference);
    if (!key)
      problems.push_back("host.keys: " + key.status().message());
    else if (key->reveal().size() < KeyRing::kMinKey)
      problems.push_back("host.keys: the key that " + reference + " names has fewer than " +
                         std::to_string(KeyRing::kMinKey) +
                         " bytes; make one with `openssl rand -hex 32`");
    else
      keys_.emplace_back(key->reveal());
  }
  return problems.size() == before;
}

std::function<std::string()> Runtime::metrics_token() {
  if (config_.ops.metrics_token.empty()) return nullptr;
  return [this]() -> std::string {
    const auto token = ground_.secrets.resolve(config_.ops.metrics_token);
    if (token) return std::string(token->reveal());
    log().error("ops.token_unreadable", token.status().message());
    return {};
  };
}

bool Runtime::load_content(std::vector<std::string>& problems) { return setup()->load(problems); }

ReloadReport Runtime::reload(config::Loaded loaded, bool only_look) {
  ReloadReport report;
  for (const config::Fault& fault : loaded.faults) report.problems.push_back(fault.text());
  if (!loaded.config) return report;
  const auto before = setup();
  report.changes = changes_between(before->own_settings(), loaded.settings);
  report.problems = restarts_needed(before->config(), *loaded.config, report.changes);
  if (!report.ok()) return report;
  auto next = Setup::make(given(std::move(loaded)), before.get(), report.problems);
  if (!next) return report;
  report.changes = changes_between(before->settings(), next->settings());
  if (only_look) return report;
  if (!next->start(report.problems) || !next->wire(report.problems)) return report;
  next->open(*server_, before.get());
  if (!next->prepare(*before, report.problems)) return report;
  Setup& in_force = *next;
  next->take_over(*before, [&] {
    server_->rewire(in_force.wiring());
    admission_.set(in_force.admission());
  });
  log().set_level(parse_level(in_force.config().host.log_level).value_or(Level::kInfo));
  setup_.set(ground_.disposer.own(std::move(next)));
  return report;
}

gov::Result<nlohmann::json> Runtime::control(const nlohmann::json& request) {
  if (trail() && !trail()->accepts())
    return gov::unavailable("nothing is done while the audit trail cannot be written");
  auto answer = setup()->control().answer(request);
  record_control(trail(), request, answer, ground_.published.get()->snapshot().digest());
  return answer;
}

std::string Runtime::metrics_text(std::size_t in_flight, ConfigState config) {
  const auto now = setup();
  static const access::RateLimits kNone;
  const auto& rates = now->admission()->rates;
  config.hash = hash_of(now->settings());
  return MetricsPage{ground_.metrics,        *server_,  now->content().engine(),
                     rates ? *rates : kNone, trail(),   sinks_.get(),
                     ground_.secrets,        in_flight, config_.state_directory,
                     std::move(config)}
      .text();
}

ops::Health Runtime::health() {
  const auto now = setup();
  return HealthPage{now->content().engine(), now->search(), trail(), sinks_.get()}.health();
}

ConsoleParts Runtime::console_parts() {
  auto now = setup();
  Setup& in_force = *now;
  return {std::move(now), in_force.admission(), ground_.metrics, *server_,
          trail(),        sinks_.get(),         ground_.secrets, ground_.reaper};
}

void Runtime::stop() {
  transports_.clear();
  if (const auto now = setup()) now->stop();
}

Runtime::~Runtime() {
  stop();
  const Watchdog watchdog(ground_.reaper, config_.host.drain_timeout,
                          "what an earlier configuration used", "host.drain_timeout", kToolError);
  admission_.set(nullptr);
  server_.reset();
  setup_.set(nullptr);
}

}  // namespace govhost::app
