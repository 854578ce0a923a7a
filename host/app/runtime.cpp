#include "app/runtime.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/audit_trail.h"
#include "app/build_info.h"
#include "app/health_page.h"
#include "app/late_source.h"
#include "app/metrics_page.h"
#include "app/starter.h"
#include "app/vocabulary.h"
#include "app/watchdog.h"
#include "core/key_ring.h"
#include "core/text.h"
#include "plugin/secrets.h"

namespace govhost::app {
namespace {

// Stands in when the configuration names no search plugin: the search tools then say so.
class NoSearch final : public plugin::SearchBackend {
 public:
  gov::Status apply(plugin::CallContext&, std::span<const plugin::Passage>,
                    std::span<const std::string_view>) override {
    return none();
  }
  gov::Status query(plugin::CallContext&, const plugin::SearchQuery&, const OnHit&,
                    std::uint64_t&) override {
    return none();
  }
  bool never_blocks() const override { return true; }

 private:
  static gov::Status none() {
    return gov::unavailable("no search plugin is configured; add [search] plugin = \"memory\"");
  }
};

}  // namespace

access::Policy policy_of(const config::Policy& policy) {
  std::vector<access::Policy::Rule> rules;
  for (const config::PolicyRule& rule : policy.rules)
    rules.push_back({rule.origin.text(), rule.scopes, rule.tools, rule.prompts, rule.resources});
  return access::Policy(std::move(rules));
}

std::unique_ptr<Runtime> Runtime::build(const config::Config& config, Log& log,
                                        const gov_stdio_v1& stdio, Extent extent,
                                        mcp::Offered offer, std::vector<std::string>& problems) {
  std::unique_ptr<Runtime> runtime(new Runtime(config, log, extent));
  if (!runtime->read_egress(problems)) return nullptr;
  InstanceMaker maker = runtime->maker(&stdio);
  auto vocabulary = vocabulary_of(runtime->config_, problems);
  runtime->make_instances(maker, extent);
  const auto take_problems = [&] {
    const bool none = maker.problems.empty();
    std::move(maker.problems.begin(), maker.problems.end(), std::back_inserter(problems));
    maker.problems.clear();
    return none;
  };
  const bool limited = runtime->make_limits(offer, problems) & runtime->read_revocations(problems);
  const bool made = take_problems() && vocabulary.valid() && limited;
  runtime->keeper_ = BundleKeeper::build(runtime->config_, log, problems);
  if (!runtime->resolve_keys(problems) || !made || !runtime->keeper_) return nullptr;
  // Nothing is written where something else is wrong; and nothing is started, which may fetch
  // something, before that can be recorded.
  if (extent == Extent::kServe && !open_trail(config.audit, log, runtime->trail_, problems))
    return nullptr;
  if (runtime->trail_ && !config.audit.sinks.empty()) {
    runtime->sinks_ = AuditSinks::start(
        config.audit, {runtime->egress_, runtime->secrets_, *runtime->trail_, log}, problems);
    if (!runtime->sinks_) return nullptr;
  }
  if (extent != Extent::kCheck && !runtime->start_instances(maker)) {
    take_problems();
    return nullptr;
  }
  runtime->settings_ = std::move(maker.settings);
  runtime->wire(std::move(vocabulary), std::move(offer));
  return runtime;
}

plugin::Instance* Runtime::keep(std::unique_ptr<plugin::Instance> instance, std::string_view kind,
                                const std::string& source) {
  if (!instance) return nullptr;
  const gov_component& component = instance->component();
  log_.info("plugin.loaded", {},
            {{"kind", kind},
             {"plugin", std::string_view(instance->name())},
             {"name", component.name},
             {"version", component.version}});
  status_.plugins.push_back(
      {std::string(kind), instance->name(), component.name, component.version, source});
  instances_.push_back(std::move(instance));
  return instances_.back().get();
}

// All instances are made before the first is started, so that every mistake in the configuration
// shows in one run and nothing has happened yet.
void Runtime::make_instances(InstanceMaker& maker, Extent extent) {
  // The first to start, because the others may need what they keep.
  for (const config::Instance& store : config_.secrets)
    if (auto* const instance = keep(maker.make("secrets", store), "secrets"))
      secrets_.add(store.name, plugin::local_secrets(*instance));
  for (const config::Instance& auth : config_.auth)
    if (auto* const instance = keep(maker.make("auth", auth), "auth"))
      authenticators_.push_back(plugin::local_auth(*instance));
  if (config_.search) {
    if (auto* const instance = keep(maker.make("search", *config_.search), "search"))
      backend_ = plugin::local_search(*instance);
  } else {
    backend_ = std::make_unique<NoSearch>();
  }
  for (const config::Source& source : config_.sources) make_source(maker, source);
  if (extent != Extent::kNoTransports)
    for (const config::Instance& transport : config_.transports)
      if (auto* const instance = keep(maker.make("transport", transport), "transport"))
        transports_.push_back({transport.name, instance, plugin::local_transport(*instance)});
}

void Runtime::make_source(InstanceMaker& maker, const config::Source& source) {
  if (source.ref.path.empty()) {
    const bool imported = source.ref.plugin == config::kImported;
    sources_.push_back({&source, nullptr, imported ? imported_source() : starter_source()});
    return;
  }
  gov::Status absence;
  auto* const instance =
      keep(maker.make("source", source, may_be_absent(source) ? &absence : nullptr), "source",
           source.name);
  if (instance != nullptr)
    sources_.push_back({&source, instance, plugin::local_source(*instance)});
  else if (!absence.ok() && extent_ == Extent::kServe)
    sources_.push_back({&source, nullptr, late_source(source, std::move(absence))});
  else if (!absence.ok())
    report_absence(log_, source, absence);
}

// A server may have its last good content; whether it has shows when the content is loaded.
bool Runtime::may_be_absent(const config::Source& source) const {
  return !source.required || extent_ == Extent::kServe;
}

std::unique_ptr<plugin::Source> Runtime::late_source(const config::Source& source,
                                                     gov::Status why) {
  const auto make = [this, &source]() -> gov::Result<std::unique_ptr<plugin::Instance>> {
    InstanceMaker later = maker(nullptr);
    later.serving = true;
    gov::Status absence;
    auto instance = later.make("source", source, &absence);
    if (!absence.ok()) return absence;
    if (!instance) return gov::invalid(join(later.problems, "; "));
    if (gov::Status started = later.start(*instance); !started.ok()) return started;
    return instance;
  };
  return std::make_unique<LateSource>(std::move(why), make);
}

InstanceMaker Runtime::maker(const gov_stdio_v1* stdio) {
  return {config_,     libraries_, reaper_, log_, stdio, &egress_,
          &observers_, &secrets_,  false,   {},   {}};
}

bool Runtime::read_egress(std::vector<std::string>& problems) {
  const config::Egress& from = config_.egress;
  auto networks = egress::Networks::parse(from.allow_networks);
  if (!networks) {
    problems.push_back("egress.allow_networks: " + networks.status().message());
    return false;
  }
  egress_ = {from.proxy,   from.no_proxy,     from.ca_file,        from.connect_timeout,
             from.timeout, from.max_response, std::move(*networks)};
  return true;
}

bool Runtime::start_instances(InstanceMaker& maker) {
  for (const auto& instance : instances_) {
    gov::Status started = maker.start(*instance);
    if (started.ok()) continue;
    const auto slot = std::find_if(sources_.begin(), sources_.end(), [&](const SourceSlot& s) {
      return s.instance == instance.get() && may_be_absent(*s.config);
    });
    if (slot == sources_.end()) {
      maker.problems.push_back(started.message());
      return false;
    }
    if (extent_ == Extent::kServe) {
      slot->source = late_source(*slot->config, std::move(started));
      continue;
    }
    report_absence(log_, *slot->config, started);
    sources_.erase(slot);
  }
  return true;
}

// Whoever can guess a key can make sessions and cursors of his own.
bool Runtime::resolve_keys(std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  if (const std::string& reference = config_.ops.metrics_token; !reference.empty()) {
    const gov::Result<plugin::Secret> token = secrets_.resolve(reference);
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
    const auto token = secrets_.resolve(config_.ops.metrics_token);
    if (token) return std::string(token->reveal());
    log_.error("ops.token_unreadable", token.status().message());
    return {};
  };
}

void Runtime::wire(search::Vocabulary vocabulary, mcp::Offered offer) {
  std::vector<plugin::Authenticator*> chain;
  for (const auto& authenticator : authenticators_) chain.push_back(authenticator.get());
  access_ = std::make_unique<access::Chain>(
      std::move(chain),
      access::Chain::Rules{config_.policy.required_scopes, config_.policy.local_scopes,
                           config_.host.public_url, revocations_.get()});
  policy_ = policy_of(config_.policy);
  search_ = std::make_unique<search::Service>(*backend_, std::move(vocabulary));
  status_.version = kVersion;
  const std::size_t slash = config_.file.rfind('/');
  status_.config_file = config_.file.empty() ? "built-in" : config_.file.substr(slash + 1);
  server_ = std::make_unique<mcp::Server>(
      published_, *search_, status_,
      mcp::ServerSettings{config_.host.page_size, KeyRing(keys_), std::move(offer), &policy_});
  std::vector<ContentService::Slot> slots;
  for (SourceSlot& slot : sources_) slots.push_back({slot.config, std::move(slot.source)});
  content_ = std::make_unique<ContentService>(
      ContentService::Parts{config_, log_, reaper_, published_, *server_, *search_, *keeper_,
                            trail_.get()},
      std::move(slots));
  control_ = std::make_unique<ContentControl>(config_, content_->engine(), *keeper_, log_);
}

bool Runtime::read_revocations(std::vector<std::string>& problems) {
  const std::string& file = config_.policy.revoked_file;
  if (file.empty()) return true;
  auto opened = access::Revocations::open(file);
  if (!opened) {
    problems.push_back("policy.revoked_file: " + opened.status().message());
    return false;
  }
  revocations_ = std::move(*opened);
  if (extent_ == Extent::kServe) watch_revocations();
  return true;
}

// Once a second: looking costs one stat().
void Runtime::watch_revocations() {
  reaper_.at(
      std::chrono::steady_clock::now() + std::chrono::seconds(1),
      [this] {
        const std::size_t before = revocations_->size();
        if (const gov::Status read = revocations_->refresh(); !read.ok())
          log_.error("auth.revocations_unreadable", read.message());
        else if (revocations_->size() != before)
          log_.info("auth.revocations", {},
                    {{"count", static_cast<std::int64_t>(revocations_->size())}});
        watch_revocations();
      },
      revocations_.get());
}

bool Runtime::make_limits(const mcp::Offered& offer, std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  for (const config::Limit& limit : config_.limits) {
    access::RateLimit::Settings settings{limit.name, limit.per_second, limit.burst};
    for (const auto& [tool, cost] : limit.cost) {
      settings.cost.emplace(tool, cost);
      if (offer.get()->tool(tool) != nullptr) continue;
      std::vector<std::string_view> tools;
      for (const mcp::Tool& each : offer.get()->features().tools) tools.push_back(each.name);
      const auto meant = nearest(tool, tools);
      problems.push_back(limit.origin.text() + ": limit '" + limit.name +
                         "': cost names no tool: " + tool +
                         (meant ? "; did you mean " + std::string(*meant) + "?" : ""));
    }
    rates_.add(
        limit.per_address ? access::RateLimits::Per::kAddress : access::RateLimits::Per::kPrincipal,
        std::move(settings));
  }
  return problems.size() == before;
}

gov::Result<nlohmann::json> Runtime::control(const nlohmann::json& request) {
  if (trail_ && !trail_->accepts())
    return gov::unavailable("nothing is done while the audit trail cannot be written");
  auto answer = control_->answer(request);
  record_control(trail_.get(), request, answer, published_.get()->snapshot().digest());
  return answer;
}

std::string Runtime::metrics_text(std::size_t in_flight) {
  return MetricsPage{metrics_,     *server_,     content_->engine(), rates_,
                     trail_.get(), sinks_.get(), secrets_,           in_flight}
      .text();
}

ops::Health Runtime::health() {
  return HealthPage{content_->engine(), *search_, trail_.get(), sinks_.get()}.health();
}

ConsoleParts Runtime::console_parts() {
  return {config_,  settings_, metrics_,           *server_,     *control_,    content_->engine(),
          *search_, rates_,    revocations_.get(), trail_.get(), sinks_.get(), secrets_,
          reaper_};
}

bool Runtime::load_content(std::vector<std::string>& problems) {
  return content_->load(extent_ == Extent::kServe, problems);
}

void Runtime::stop() {
  if (content_) content_->stop();
  transports_.clear();
  for (auto it = instances_.rbegin(); it != instances_.rend(); ++it) {
    const Watchdog watchdog(reaper_, config_.host.drain_timeout, (*it)->name() + ": stop",
                            "host.drain_timeout", kToolError);
    (*it)->stop();
  }
}

Runtime::~Runtime() {
  if (revocations_) reaper_.forget(revocations_.get());
  stop();
  content_.reset();
  server_.reset();
  search_.reset();
  while (!instances_.empty()) instances_.pop_back();
}

}  // namespace govhost::app
