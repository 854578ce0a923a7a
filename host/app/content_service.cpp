#include "app/content_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "access/restrictions.h"
#include "app/exit_codes.h"
#include "app/memory.h"
#include "app/watchdog.h"
#include "content/snapshot.h"
#include "core/background.h"

namespace govhost::app {
namespace {

constexpr std::chrono::minutes kIndexTime{10};
constexpr std::chrono::seconds kProgressInterval{2};  // of a long feed

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

std::vector<std::string> names_of(const std::vector<ContentService::Slot>& slots) {
  std::vector<std::string> names;
  for (const ContentService::Slot& slot : slots) names.push_back(slot.config->name);
  return names;
}

sync::SourceSetup setup_of(const ContentService::Slot& slot) {
  const config::Source& source = *slot.config;
  sync::SourceSetup setup;
  setup.name = source.name;
  setup.licence = source.licence;
  setup.source = slot.source.get();
  setup.pace = {source.refresh, source.breaker.failures, source.breaker.open,
                source.breaker.open_max};
  setup.fixed = source.ref.path.empty();
  setup.watch = source.watch;
  setup.gate = {source.gate.require, source.gate.attributes, source.gate.max_shrink,
                source.gate.max_faulty};
  setup.timeout = source.read_timeout;
  return setup;
}

using Said = std::set<std::tuple<std::string_view, std::string_view, std::string_view>>;

Said said_by(const content::Snapshot* snapshot) {
  Said out;
  if (snapshot != nullptr)
    for (const content::Note& note : snapshot->notes())
      out.emplace(note.source, note.key, note.message);
  return out;
}

}  // namespace

std::vector<content::KindRule> kind_rules(const config::Config& config) {
  std::vector<content::KindRule> rules;
  for (const config::Source& source : config.sources)
    for (content::KindRule& rule : rules_of(source)) rules.push_back(std::move(rule));
  return rules;
}

std::vector<access::Restrictions::Rule> restriction_rules(const config::Config& config) {
  std::vector<access::Restrictions::Rule> rules;
  for (const config::Source& source : config.sources)
    if (!source.required_scopes.empty()) rules.push_back({source.required_scopes, {source.name}});
  for (const config::Restriction& each : config.policy.restrictions)
    rules.push_back({each.scopes, each.sources, each.kinds, each.when, each.unless});
  return rules;
}

void report_absence(Log& log, const config::Source& source, const gov::Status& why) {
  log.error("content.source_failed", why.message(), {{"source", std::string_view(source.name)}});
}

ContentService::ContentService(const Parts& parts, std::vector<Slot> slots,
                               const ContentService* before)
    : parts_(parts),
      slots_(std::move(slots)),
      freshness_(std::make_shared<content::Freshness>(
          names_of(slots_), before != nullptr ? before->freshness_.get() : nullptr)),
      engine_(make_engine()) {}

std::unique_ptr<sync::Engine> ContentService::make_engine() {
  std::vector<sync::SourceSetup> setups;
  for (const Slot& slot : slots_) setups.push_back(setup_of(slot));
  const config::Host& host = parts_.config.host;
  sync::EngineSetup setup{std::move(setups),
                          kind_rules(parts_.config),
                          parts_.restrictions.restricting(),
                          {host.max_document, host.max_documents},
                          parts_.bundles.enabled()};
  sync::EngineHooks hooks{
      [this](auto snapshot, auto change) { take(std::move(snapshot), std::move(change)); },
      [this] { write_bundle(); }};
  return std::make_unique<sync::Engine>(std::move(setup), *freshness_, parts_.log,
                                        std::move(hooks));
}

// New content is on the disk before it is served, so that what was once served can be served again.
// The first is not: who starts waits for it, and it is still where it came from.
void ContentService::take(std::shared_ptr<const content::Snapshot> snapshot, sync::Change change) {
  parts_.bundles.note(snapshot, std::move(change.raw));
  if (change.first) return put_first(std::move(snapshot));
  write_bundle();
  const auto generation = publish(std::move(snapshot));
  report_change(change, generation->snapshot());
  if (parts_.trail)
    parts_.trail->append({.action = "content.refreshed",
                          .target = change.source,
                          .outcome = "ok",
                          .snapshot = generation->snapshot().digest()});
  index(generation->share_snapshot());
  finish(*generation);
}

// Search follows the first content by itself, so that a client need not wait for it to connect; who
// takes over has clients already.
void ContentService::put_first(std::shared_ptr<const content::Snapshot> snapshot) {
  const bool takes_over = rewire_ != nullptr;
  if (takes_over) {
    index(snapshot);
    (*rewire_)();
  }
  first_index_ = std::thread([this, takes_over, own = publish(std::move(snapshot))] {
    work_in_the_background();
    if (!takes_over) index(own->share_snapshot());
    finish(*own);
    write_bundle();
  });
}

bool ContentService::read_new(std::vector<std::string>& problems) {
  const std::size_t before = problems.size();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].carried) continue;
    const config::Source& source = *slots_[i].config;
    plugin::CallContext call(std::chrono::steady_clock::now() + parts_.config.host.start_timeout,
                             "reload");
    const gov::Status read = engine_->read_first(i, call);
    if (read.ok()) continue;
    if (source.required)
      problems.push_back(source.ref.origin.text() + ": " + read.message());
    else
      report_absence(parts_.log, source, read);
  }
  return problems.size() == before;
}

void ContentService::take_over(ContentService& before, const std::function<void()>& rewire) {
  const auto served = before.retire();
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].carried) engine_->carry(i);
  rewire_ = &rewire;
  engine_->publish_first(/*held=*/false, served);
  rewire_ = nullptr;
  engine_->start();
}

std::shared_ptr<const content::Snapshot> ContentService::retire() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = retired_ = true;
    if (index_call_) index_call_->cancel();
  }
  auto last = engine_->retire();
  const std::lock_guard nothing_is_indexed(indexing_);
  return last;
}

void ContentService::write_bundle() {
  {
    const std::lock_guard lock(mutex_);
    if (retired_) return;  // another one writes what is served
  }
  if (!parts_.bundles.write()) engine_->fetch_all_next();
}

bool ContentService::load(bool serve, std::vector<std::string>& problems) {
  if (serve) parts_.bundles.load();
  for (std::size_t i = 0; i < slots_.size(); ++i) load_source(i, serve, problems);
  if (!problems.empty()) return false;
  engine_->publish_first(parts_.bundles.held());
  if (serve) engine_->start();
  return true;
}

// From the bundle when it will be read again anyway, or when it cannot be read.
void ContentService::load_source(std::size_t index, bool serve,
                                 std::vector<std::string>& problems) {
  const config::Source& source = *slots_[index].config;
  BundleKeeper::Kept kept;
  if (serve) kept = parts_.bundles.kept(source);
  const bool has = !kept.documents.empty();
  const bool read_later =
      kept.same_options && source.refresh.count() > 0 && !source.ref.path.empty();
  const bool imported = source.ref.plugin == config::kImported;
  if (has && (read_later || imported || parts_.bundles.held()))
    return engine_->adopt(index, std::move(kept.documents), kept.confirmed_at);
  const config::Host& host = parts_.config.host;
  const Watchdog watchdog(parts_.reaper, host.start_timeout,
                          "source " + source.name + ": reading the content");
  plugin::CallContext call(std::chrono::steady_clock::now() + host.start_timeout, "start");
  const gov::Status read = engine_->read_first(index, call);
  if (read.ok()) return;
  if (has)
    engine_->adopt(index, std::move(kept.documents), kept.confirmed_at);
  else if (source.required)
    problems.push_back(source.ref.origin.text() + ": " + read.message());
  report_absence(parts_.log, source, read);
}

std::shared_ptr<const mcp::Generation> ContentService::publish(
    std::shared_ptr<const content::Snapshot> snapshot) {
  auto before = parts_.published.get();
  report_notes(before ? &before->snapshot() : nullptr, *snapshot);
  parts_.log.info("content.loaded", {},
                  {{"documents", static_cast<std::int64_t>(snapshot->documents().size())},
                   {"notes", static_cast<std::int64_t>(snapshot->notes().size())},
                   {"snapshot", std::string_view(snapshot->digest())}});
  std::vector<std::string> missing;
  for (const config::Source& source : parts_.config.sources) {
    const auto documents = snapshot->documents();
    if (std::none_of(documents.begin(), documents.end(), [&](const content::Document& d) {
          return d.provenance.source == source.name;
        }))
      missing.push_back(source.name);
  }
  // What was prepared for readers of whom other things were hidden is not for these.
  if (before && !(before->restrictions() == parts_.restrictions)) before = nullptr;
  auto generation = std::make_shared<const mcp::Generation>(std::move(snapshot), std::move(missing),
                                                            mcp::kAnswerBudget, parts_.restrictions,
                                                            before.get(), freshness_);
  parts_.server.publish(generation);
  return generation;
}

// After the content is in service: who waits for the line may rely on it.
void ContentService::report_change(const sync::Change& change, const content::Snapshot& snapshot) {
  parts_.log.info("content.refreshed", {},
                  {{"source", change.source},
                   {"fetched", static_cast<std::int64_t>(change.fetched)},
                   {"documents", static_cast<std::int64_t>(snapshot.documents().size())},
                   {"snapshot", std::string_view(snapshot.digest())}});
}

void ContentService::index(const std::shared_ptr<const content::Snapshot>& snapshot) {
  const std::lock_guard one_at_a_time(indexing_);
  const auto began = std::chrono::steady_clock::now();
  const auto call = std::make_shared<plugin::CallContext>(began + kIndexTime, "index");
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    index_call_ = call;
  }
  auto told = began;
  const auto tell = [&](std::size_t done, std::size_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < kProgressInterval) return;
    told = now;
    parts_.log.info(
        "search.indexing", {},
        {{"passages", static_cast<std::int64_t>(done)}, {"of", static_cast<std::int64_t>(all)}});
  };
  const gov::Status indexed = parts_.search.index(*call, snapshot, tell);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  if (indexed.ok())
    parts_.log.info("search.indexed", {}, {{"duration_ms", took.count()}});
  else if (!call->cancelled())
    parts_.log.error("search.index_failed", indexed.message());
}

void ContentService::finish(const mcp::Generation& generation) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
  generation.prepare();
  give_back_memory();
}

// Those that `before` did not have.
void ContentService::report_notes(const content::Snapshot* before,
                                  const content::Snapshot& snapshot) {
  constexpr std::size_t kMostLines = 100;
  const Said said = said_by(before);
  std::size_t lines = 0;
  for (const content::Note& note : snapshot.notes()) {
    if (said.contains({note.source, note.key, note.message})) continue;
    if (++lines > kMostLines) {
      parts_.log.warn("content.notes_cut", "further notes are not logged",
                      {{"count", static_cast<std::int64_t>(snapshot.notes().size() - kMostLines)}});
      return;
    }
    parts_.log.warn(note.skipped ? "document.skipped" : "document.fault", note.message,
                    {{"source", std::string_view(note.source)},
                     {"document", std::string_view(note.key)},
                     {"line", static_cast<std::int64_t>(note.line)}});
  }
}

void ContentService::stop() {
  std::optional<Watchdog> watchdog;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (index_call_) index_call_->cancel();
    if (!retired_)
      watchdog.emplace(parts_.reaper, parts_.config.host.drain_timeout,
                       "reading or indexing the content", "host.drain_timeout", kToolError);
  }
  engine_->stop();
  if (first_index_.joinable()) first_index_.join();
}

}  // namespace govhost::app
