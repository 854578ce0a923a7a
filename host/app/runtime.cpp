#include "app/runtime.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "access/source_scopes.h"
#include "app/build_info.h"
#include "app/starter.h"
#include "app/vocabulary.h"
#include "app/watchdog.h"
#include "content/snapshot.h"
#include "core/key_ring.h"
#include "plugin/secrets.h"
#include "sync/collect.h"

namespace govhost::app {
namespace {

constexpr std::chrono::minutes kIndexTime{10};
constexpr std::chrono::seconds kProgressInterval{2};  // of a long feed

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

std::vector<content::KindRule> rules_of(const config::Source& source) {
  std::vector<content::KindRule> rules;
  for (const config::KindRuleConfig& r : source.rules) rules.push_back({r.kind, r.match, r.prefix});
  if (source.profile == "aigf") {
    const auto profile = content::aigf_profile();
    rules.insert(rules.end(), profile.begin(), profile.end());
  }
  for (content::KindRule& rule : rules) rule.source = source.name;
  return rules;
}

access::SourceScopes source_scopes(const config::Config& config) {
  std::vector<access::SourceScopes::Restricted> restricted;
  for (const config::Source& source : config.sources)
    if (!source.required_scopes.empty())
      restricted.push_back({source.name, source.required_scopes});
  return access::SourceScopes(std::move(restricted));
}

}  // namespace

std::unique_ptr<Runtime> Runtime::build(const config::Config& config, Log& log,
                                        const gov_stdio_v1& stdio, Extent extent,
                                        mcp::Features features,
                                        std::vector<std::string>& problems) {
  std::unique_ptr<Runtime> runtime(new Runtime(config, log));
  InstanceMaker maker{runtime->config_, runtime->libraries_, runtime->reaper_, log, &stdio, {}, {}};
  auto vocabulary = vocabulary_of(runtime->config_, problems);
  const bool made = runtime->make_instances(maker, extent) && vocabulary;
  problems.insert(problems.end(), maker.problems.begin(), maker.problems.end());
  if (!runtime->resolve_keys(problems) || !made) return nullptr;
  runtime->settings_ = std::move(maker.settings);
  runtime->wire(std::move(vocabulary), std::move(features));
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
bool Runtime::make_instances(InstanceMaker& maker, Extent extent) {
  for (const config::Instance& auth : config_.auth)
    if (auto* const instance = keep(maker.make("auth", auth), "auth"))
      authenticators_.push_back(plugin::local_auth(*instance));
  if (config_.search) {
    if (auto* const instance = keep(maker.make("search", *config_.search), "search"))
      backend_ = plugin::local_search(*instance);
  } else {
    backend_ = std::make_unique<NoSearch>();
  }
  for (const config::Source& source : config_.sources) {
    gov::Status absence;
    if (source.ref.path.empty())
      sources_.push_back({&source, nullptr, starter_source()});
    else if (auto* const instance =
                 keep(maker.make("source", source, source.required ? nullptr : &absence), "source",
                      source.name))
      sources_.push_back({&source, instance, plugin::local_source(*instance)});
    if (!absence.ok()) do_without(source, absence);
  }
  if (extent != Extent::kNoTransports)
    for (const config::Instance& transport : config_.transports)
      if (auto* const instance = keep(maker.make("transport", transport), "transport"))
        transports_.push_back({transport.name, instance, plugin::local_transport(*instance)});
  if (!maker.problems.empty()) return false;
  return extent == Extent::kCheck || start_instances(maker);
}

bool Runtime::start_instances(InstanceMaker& maker) {
  for (const auto& instance : instances_) {
    const gov::Status started = maker.start(*instance);
    if (started.ok()) continue;
    const auto slot = std::find_if(sources_.begin(), sources_.end(), [&](const SourceSlot& s) {
      return s.instance == instance.get() && !s.config->required;
    });
    if (slot == sources_.end()) {
      maker.problems.push_back(started.message());
      return false;
    }
    do_without(*slot->config, started);
    sources_.erase(slot);
  }
  return true;
}

void Runtime::do_without(const config::Source& source, const gov::Status& why) {
  log_.error("content.source_failed", why.message(), {{"source", std::string_view(source.name)}});
  missing_sources_.push_back(source.name);
}

// Whoever can guess a key can make sessions and cursors of his own.
bool Runtime::resolve_keys(std::vector<std::string>& problems) {
  for (const std::string& reference : config_.host.keys) {
    gov::Result<std::string> key = plugin::resolve_secret(reference);
    if (!key)
      problems.push_back("host.keys: " + key.status().message());
    else if (key->size() < KeyRing::kMinKey)
      problems.push_back("host.keys: the key that " + reference + " names has fewer than " +
                         std::to_string(KeyRing::kMinKey) +
                         " bytes; make one with `openssl rand -hex 32`");
    else
      keys_.push_back(std::move(*key));
  }
  return keys_.size() == config_.host.keys.size();
}

void Runtime::wire(std::shared_ptr<const search::Thesaurus> thesaurus, mcp::Features features) {
  std::vector<plugin::Authenticator*> chain;
  for (const auto& authenticator : authenticators_) chain.push_back(authenticator.get());
  access_ = std::make_unique<access::Chain>(std::move(chain), config_.policy.required_scopes);
  search_ = std::make_unique<search::Service>(*backend_, std::move(thesaurus));
  status_.version = kVersion;
  const std::size_t slash = config_.file.rfind('/');
  status_.config_file = config_.file.empty() ? "built-in" : config_.file.substr(slash + 1);
  server_ = std::make_unique<mcp::Server>(
      published_, *search_, status_,
      mcp::ServerSettings{config_.host.page_size, KeyRing(keys_), std::move(features)});
}

bool Runtime::load_content(std::vector<std::string>& problems) {
  sync::Collected collected;
  std::vector<content::KindRule> rules;
  const sync::CollectLimits limits{config_.host.max_document, config_.host.max_documents};
  for (const SourceSlot& slot : sources_) {
    const std::string& name = slot.config->name;
    const Watchdog watchdog(reaper_, config_.host.start_timeout,
                            "source " + name + ": reading the content");
    plugin::CallContext call(std::chrono::steady_clock::now() + config_.host.start_timeout,
                             "start");
    const gov::Status read =
        sync::collect(*slot.source, name, slot.config->licence, call, limits, collected);
    if (!read.ok() && slot.config->required)
      problems.push_back(slot.config->ref.origin.text() + ": " + read.message());
    if (!read.ok()) do_without(*slot.config, read);
    for (content::KindRule& rule : rules_of(*slot.config)) rules.push_back(std::move(rule));
  }
  if (!problems.empty()) return false;

  access::SourceScopes scopes = source_scopes(config_);
  auto snapshot =
      content::Snapshot::build(std::move(collected.documents), rules, std::move(collected.notes),
                               {}, scopes.restricted_sources());
  report_notes(*snapshot);
  log_.info("content.loaded", {},
            {{"documents", static_cast<std::int64_t>(snapshot->documents().size())},
             {"notes", static_cast<std::int64_t>(snapshot->notes().size())},
             {"snapshot", std::string_view(snapshot->digest())}});
  const auto generation = std::make_shared<const mcp::Generation>(
      std::move(snapshot), missing_sources_, mcp::kAnswerBudget, std::move(scopes),
      mcp::Generation::earlier_after(published_.get().get()));
  server_->publish(generation);
  indexing_call_ =
      std::make_unique<plugin::CallContext>(std::chrono::steady_clock::now() + kIndexTime, "index");
  indexing_ = std::thread([this, generation] { finish_loading(*generation); });
  return true;
}

void Runtime::finish_loading(const mcp::Generation& generation) {
  const auto began = std::chrono::steady_clock::now();
  auto told = began;
  const auto tell = [&](std::size_t done, std::size_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < kProgressInterval) return;
    told = now;
    log_.info(
        "search.indexing", {},
        {{"passages", static_cast<std::int64_t>(done)}, {"of", static_cast<std::int64_t>(all)}});
  };
  const gov::Status indexed = search_->index(*indexing_call_, generation.share_snapshot(), tell);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  if (indexed.ok())
    log_.info("search.indexed", {}, {{"duration_ms", took.count()}});
  else if (!indexing_call_->cancelled())
    log_.error("search.index_failed", indexed.message());
  if (indexing_call_->cancelled()) return;
  generation.prepare();
  // What loading needed and nobody uses any more goes back: 2 of 20 MiB for the AI Governance
  // Framework.
  ::malloc_trim(0);
}

void Runtime::report_notes(const content::Snapshot& snapshot) {
  constexpr std::size_t kMostLines = 100;
  std::size_t lines = 0;
  for (const content::Note& note : snapshot.notes()) {
    if (++lines > kMostLines) {
      log_.warn("content.notes_cut", "further notes are not logged",
                {{"count", static_cast<std::int64_t>(snapshot.notes().size() - kMostLines)}});
      return;
    }
    log_.warn(note.skipped ? "document.skipped" : "document.fault", note.message,
              {{"source", std::string_view(note.source)},
               {"document", std::string_view(note.key)},
               {"line", static_cast<std::int64_t>(note.line)}});
  }
}

void Runtime::stop() {
  if (indexing_call_) indexing_call_->cancel();
  if (indexing_.joinable()) indexing_.join();
  transports_.clear();
  for (auto it = instances_.rbegin(); it != instances_.rend(); ++it) {
    const Watchdog watchdog(reaper_, config_.host.drain_timeout, (*it)->name() + ": stop",
                            "host.drain_timeout", kToolError);
    (*it)->stop();
  }
}

Runtime::~Runtime() {
  stop();
  server_.reset();
  search_.reset();
  while (!instances_.empty()) instances_.pop_back();
}

}  // namespace govhost::app
