#include "app/setup.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "app/build_info.h"
#include "app/doors.h"
#include "app/exit_codes.h"
#include "app/late_source.h"
#include "app/starter.h"
#include "app/vocabulary.h"
#include "app/watchdog.h"
#include "core/digest.h"
#include "core/read_file.h"
#include "core/text.h"

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

// The files' names say nothing of what is in them.
std::string words_of(const config::Config& config) {
  if (!config.search || config.search->thesaurus.empty()) return {};
  const auto text = read_file(config.search->thesaurus);
  return text ? to_hex(sha256(*text)) : std::string();
}

constexpr std::chrono::minutes kIndexTime{10};

InstanceMaker maker_of(const Setup::Given& given) {
  Ground& ground = given.ground;
  return {*given.config,
          ground.libraries,
          ground.reaper,
          ground.log,
          given.stdio,
          &ground.egress,
          &ground.observers,
          &ground.secrets,
          &ground.disposer,
          false,
          {},
          {},
          {},
          {}};
}

bool configured_alike(const config::Instance& a, const config::Instance& b) {
  return a.name == b.name && a.ref.plugin == b.ref.plugin && a.ref.path == b.ref.path &&
         a.ref.component == b.ref.component && a.ref.sha256 == b.ref.sha256 &&
         a.grants == b.grants && *a.options == *b.options;
}

// Whether both make the same documents of the same files.
bool read_alike(const config::Source& a, const config::Source& b) {
  const auto same = [](const config::KindRuleConfig& x, const config::KindRuleConfig& y) {
    return x.kind == y.kind && x.match == y.match && x.prefix == y.prefix;
  };
  return configured_alike(a, b) && a.profile == b.profile && a.licence == b.licence &&
         std::equal(a.rules.begin(), a.rules.end(), b.rules.begin(), b.rules.end(), same);
}

}  // namespace

// A backend and what is fed to it; used by the answers that are being made, too.
struct Setup::Searching {
  HeldInstance held;  // null: no plugin is configured
  std::string words;  // digest of the operator's thesaurus
  std::unique_ptr<plugin::SearchBackend> backend;
  std::unique_ptr<search::Service> service;
};

Setup::Setup(const Given& given) : given_(given), settings_(given.settings) {
  status_.version = kVersion;
  const std::string& file = config().file;
  status_.config_file = file.empty() ? "built-in" : file.substr(file.rfind('/') + 1);
}

std::unique_ptr<Setup> Setup::make(const Given& given, const Setup* before,
                                   std::vector<std::string>& problems) {
  std::unique_ptr<Setup> setup(new Setup(given));
  const std::size_t known = problems.size();
  InstanceMaker maker = maker_of(given);
  if (before != nullptr) {
    setup->replaces_ = maker.serving = true;
    setup->status_.started = before->status_.started;
    maker.held = before->instances_;
  }
  setup->make_instances(maker, before, problems);
  setup->make_rates(before, problems);
  setup->make_restrictions(before, problems);
  check_revocations(setup->config(), problems);
  std::move(maker.problems.begin(), maker.problems.end(), std::back_inserter(problems));
  setup->keeper_ = BundleKeeper::build(setup->config(), given.ground.log, problems);
  setup->fresh_ = std::move(maker.fresh);
  std::move(maker.settings.begin(), maker.settings.end(), std::back_inserter(setup->settings_));
  if (problems.size() != known) return nullptr;
  return setup;
}

HeldInstance Setup::keep(HeldInstance held, std::string_view kind, const std::string& source) {
  if (!held.instance) return held;
  const gov_component& component = held.instance->component();
  status_.plugins.push_back(
      {std::string(kind), held.instance->name(), component.name, component.version, source});
  return instances_.emplace_back(std::move(held));
}

void Setup::make_instances(InstanceMaker& maker, const Setup* before,
                           std::vector<std::string>& problems) {
  // The first to start, because the others may need what they keep.
  for (const config::Instance& store : config().secrets) {
    const HeldInstance held = keep(maker.make("secrets", store), "secrets");
    if (held.instance && before == nullptr)
      given_.ground.secrets.add(store.name, plugin::local_secrets(*held.instance));
  }
  for (const config::Instance& auth : config().auth)
    auth_.push_back(keep(maker.make("auth", auth), "auth"));
  make_search(maker, before, problems);
  for (const config::Source& source : config().sources) make_source(maker, source, before);
  if (given_.ground.extent != Extent::kNoTransports)
    for (const config::Instance& transport : config().transports)
      transports_.push_back(keep(maker.make("transport", transport), "transport"));
}

void Setup::make_search(InstanceMaker& maker, const Setup* before,
                        std::vector<std::string>& problems) {
  HeldInstance held;
  if (config().search) held = keep(maker.make("search", *config().search), "search");
  std::string words = words_of(config());
  if (before != nullptr && before->searching_->held.instance == held.instance &&
      before->searching_->words == words && alike(*before, "search.")) {
    searching_ = before->searching_;
    return;
  }
  new_search_ = true;
  searching_ = std::make_shared<Searching>();
  searching_->held = std::move(held);
  searching_->words = std::move(words);
  if (searching_->held.instance)
    searching_->backend = plugin::local_search(*searching_->held.instance);
  else
    searching_->backend = std::make_unique<NoSearch>();
  searching_->service =
      std::make_unique<search::Service>(*searching_->backend, vocabulary_of(config(), problems));
}

void Setup::make_source(InstanceMaker& maker, const config::Source& source, const Setup* before) {
  if (source.ref.path.empty()) {
    const bool imported = source.ref.plugin == config::kImported;
    sources_.push_back({&source, {}, imported ? imported_source() : starter_source()});
    return;
  }
  // One that is still to be made, because its plugin could not start, goes on trying.
  if (before != nullptr)
    for (const Source& known : before->sources_)
      if (!known.held.instance && configured_alike(source, *known.config)) {
        sources_.push_back({&source, {}, known.source});
        return;
      }
  gov::Status absence;
  HeldInstance held = keep(maker.make("source", source, may_be_absent(source) ? &absence : nullptr),
                           "source", source.name);
  if (held.instance) {
    auto adapter = plugin::local_source(*held.instance);
    sources_.push_back({&source, std::move(held), std::move(adapter)});
  } else if (!absence.ok() && given_.ground.extent == Extent::kServe) {
    sources_.push_back({&source, {}, late_source(source, std::move(absence))});
  } else if (!absence.ok()) {
    report_absence(given_.ground.log, source, absence);
  }
}

// A server may have its last good content; whether it has shows when the content is loaded.
bool Setup::may_be_absent(const config::Source& source) const {
  return !source.required || (given_.ground.extent == Extent::kServe && !replaces_);
}

std::unique_ptr<plugin::Source> Setup::late_source(const config::Source& source,
                                                   gov::Status why) const {
  // The source may go over into a later configuration: it keeps what it was configured by.
  const auto make = [given = given_, &source]() -> gov::Result<HeldInstance> {
    InstanceMaker later = maker_of(given);
    later.serving = true;
    gov::Status absence;
    HeldInstance held = later.make("source", source, &absence);
    if (!absence.ok()) return absence;
    if (!held.instance) return gov::invalid(join(later.problems, "; "));
    if (gov::Status started = later.start(*held.instance); !started.ok()) return started;
    return held;
  };
  return std::make_unique<LateSource>(std::move(why), make);
}

void Setup::make_rates(const Setup* before, std::vector<std::string>& problems) {
  // Whoever used up what he may has done so under the new configuration too.
  if (before != nullptr && alike(*before, "limit."))
    rates_ = before->rates_;
  else
    rates_ = make_limits(config().limits, given_.offer, problems);
}

void Setup::make_restrictions(const Setup* before, std::vector<std::string>& problems) {
  auto rules = restriction_rules(config());
  if (before == nullptr) {
    restrictions_ = access::Restrictions(std::move(rules));
    return;
  }
  auto replaced = before->restrictions_.replaced_by(rules);
  if (replaced)
    restrictions_ = std::move(*replaced);
  else
    problems.push_back("policy.restriction: with those that end there would be more than " +
                       std::to_string(access::Restrictions::kMost) +
                       " restrictions; restart the host to change so many at once");
}

bool Setup::start(std::vector<std::string>& problems) {
  for (const HeldInstance& each : std::exchange(fresh_, {}))
    if (!start(each, problems)) return false;
  return true;
}

bool Setup::start(const HeldInstance& fresh, std::vector<std::string>& problems) {
  InstanceMaker maker = maker_of(given_);
  maker.serving = replaces_;
  gov::Status started = maker.start(*fresh.instance);
  if (started.ok()) return true;
  const auto source = std::find_if(sources_.begin(), sources_.end(), [&](const Source& each) {
    return each.held.instance == fresh.instance && may_be_absent(*each.config);
  });
  if (source == sources_.end()) {
    problems.push_back(started.message());
    return false;
  }
  if (given_.ground.extent == Extent::kServe) {
    source->held = {};
    source->source = late_source(*source->config, std::move(started));
    return true;
  }
  report_absence(given_.ground.log, *source->config, started);
  sources_.erase(source);
  return true;
}

bool Setup::wire(std::vector<std::string>& problems) {
  std::vector<std::shared_ptr<plugin::Instance>> auth;
  for (const HeldInstance& each : auth_) auth.push_back(each.instance);
  admission_ = make_doors({config(), std::move(auth), rates_, given_.ground.log,
                           given_.ground.reaper, given_.ground.extent == Extent::kServe},
                          problems);
  wiring_ = std::make_shared<const mcp::Wiring>(
      mcp::Wiring{{searching_, searching_->service.get()}, policy_of(config().policy), status_});
  return admission_ != nullptr;
}

void Setup::open(mcp::Server& server, const Setup* before) {
  if (before != nullptr && serves_alike(*before)) {
    content_ = before->content_;
    return;
  }
  Ground& ground = given_.ground;
  std::vector<ContentService::Slot> slots;
  for (const Source& each : sources_)
    slots.push_back({each.config, each.source, is_carried(each, before)});
  content_ = std::make_shared<Content>();
  content_->config = given_.config;
  content_->keeper = std::move(keeper_);
  content_->service = std::make_unique<ContentService>(
      ContentService::Parts{config(), ground.log, ground.reaper, ground.published, server, search(),
                            *content_->keeper, ground.trail.get(), restrictions_},
      std::move(slots), before != nullptr ? before->content_->service.get() : nullptr);
  content_->control = std::make_unique<ContentControl>(config(), content_->service->engine(),
                                                       *content_->keeper, ground.log);
}

bool Setup::serves_alike(const Setup& before) const {
  return !new_search_ && alike(before, "source.") && restrictions_ == before.restrictions_ &&
         std::equal(sources_.begin(), sources_.end(), before.sources_.begin(),
                    before.sources_.end(), [](const Source& a, const Source& b) {
                      return a.source == b.source || (a.held.instance == b.held.instance &&
                                                      read_alike(*a.config, *b.config));
                    });
}

bool Setup::is_carried(const Source& source, const Setup* before) const {
  if (before == nullptr) return false;
  return std::any_of(before->sources_.begin(), before->sources_.end(), [&](const Source& known) {
    return known.held.instance == source.held.instance && read_alike(*known.config, *source.config);
  });
}

bool Setup::alike(const Setup& before, std::string_view prefix) const {
  const auto of = [&](const std::vector<config::Setting>& all) {
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (const config::Setting& each : all)
      if (each.key.starts_with(prefix)) out.emplace_back(each.key, each.value);
    return out;
  };
  return of(given_.settings) == of(before.given_.settings);
}

bool Setup::load(std::vector<std::string>& problems) {
  return content().load(given_.ground.extent == Extent::kServe, problems);
}

bool Setup::prepare(const Setup& before, std::vector<std::string>& problems) {
  if (keeps_content(before)) return true;
  if (before.content().engine().held()) {
    problems.emplace_back(
        "the content is held since a rollback; `govhost content rollback --release` ends that, "
        "then "
        "sources and search can be configured anew");
    return false;
  }
  if (!content().read_new(problems)) return false;
  if (!new_search_ || !searching_->held.instance) return true;
  // With what is served now: the little that changes until it takes over is fed then.
  plugin::CallContext call(std::chrono::steady_clock::now() + kIndexTime, "reload");
  const gov::Status indexed = search().index(call, before.content().engine().current());
  if (!indexed.ok()) problems.push_back("search: " + indexed.message());
  return indexed.ok();
}

void Setup::take_over(Setup& before, const std::function<void()>& rewire) {
  if (keeps_content(before))
    rewire();
  else
    content().take_over(before.content(), rewire);
}

void Setup::stop() {
  if (content_) content_->service->stop();
  for (auto it = instances_.rbegin(); it != instances_.rend(); ++it) {
    plugin::Instance& instance = *it->instance;
    const Watchdog watchdog(given_.ground.reaper, config().host.drain_timeout,
                            instance.name() + ": stop", "host.drain_timeout", kToolError);
    instance.stop();
  }
}

Setup::~Setup() {
  content_.reset();
  admission_.reset();
  wiring_.reset();
  sources_.clear();
  searching_.reset();
  auth_.clear();
  transports_.clear();
  fresh_.clear();
  while (!instances_.empty()) instances_.pop_back();
}

}  // namespace govhost::app
