#include "app/bundle_keeper.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "app/build_info.h"
#include "bundle/file.h"
#include "core/digest.h"
#include "core/read_file.h"
#include "plugin/secrets.h"

namespace govhost::app {
namespace {

std::string options_sha256(const config::Source& source) {
  const nlohmann::json what = {source.ref.plugin, source.ref.component, *source.options};
  return to_hex(sha256(what.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

std::unique_ptr<BundleKeeper> BundleKeeper::build(const config::Config& config, Log& log,
                                                  std::vector<std::string>& problems) {
  std::unique_ptr<BundleKeeper> keeper(new BundleKeeper(config, log));
  if (config.content.bundle_dir.empty()) return keeper;
  bundle::StoreSettings settings{config.content.bundle_dir, config.content.keep_snapshots, {}, {}};
  if (!keeper->read_keys(settings, problems)) return nullptr;
  keeper->store_ = std::make_unique<bundle::Store>(std::move(settings));
  return keeper;
}

bool BundleKeeper::read_keys(bundle::StoreSettings& settings,
                             std::vector<std::string>& problems) const {
  const std::size_t before = problems.size();
  if (!config_.content.signing_key.empty()) {
    const auto pem = plugin::resolve_secret(config_.content.signing_key);
    auto key = pem ? SigningKey::from_pem(pem->reveal()) : gov::Result<SigningKey>(pem.status());
    if (key) {
      settings.trust.push_back(key->verify_key());
      settings.key = std::move(*key);
    } else {
      problems.push_back("content.signing_key: " + (pem ? config_.content.signing_key + " " : "") +
                         key.status().message());
    }
  }
  for (const std::string& path : config_.content.trusted_keys) {
    const auto pem = govhost::read_file(path);
    auto key = pem ? VerifyKey::from_pem(*pem) : gov::Result<VerifyKey>(pem.status());
    if (key)
      settings.trust.push_back(std::move(*key));
    else
      problems.push_back("content.trusted_keys: " + path + " " + key.status().message());
  }
  return problems.size() == before;
}

void BundleKeeper::load() {
  if (!store_) return;
  newest_ = store_->newest([this](const std::string& path, const gov::Status& why) {
    log_.error("content.bundle_broken", path + " " + why.message(),
               {{"bundle", std::string_view(file_name(path))}});
  });
  if (auto held = read_held()) {
    newest_ = std::move(held);
    held_ = true;
  }
  if (!newest_) return;
  const bundle::Manifest& manifest = newest_->manifest();
  log_.info("content.bundle_read", held_ ? "the content is held since a rollback" : "",
            {{"sequence", static_cast<std::int64_t>(manifest.sequence)},
             {"documents", static_cast<std::int64_t>(manifest.entries.size())},
             {"snapshot", std::string_view(manifest.digest)}});
}

// Null: nothing is held, or what is cannot be read, which is logged.
std::shared_ptr<const bundle::Bundle> BundleKeeper::read_held() {
  const auto name = govhost::read_file(held_file());
  if (!name) return nullptr;
  auto found = find(*name);
  if (found) return std::move(*found);
  log_.error("content.bundle_broken",
             "the content was held at " + *name + ": " + found.status().message(),
             {{"bundle", std::string_view(*name)}});
  return nullptr;
}

std::string BundleKeeper::held_file() const { return store_->settings().directory + "/held"; }

gov::Status BundleKeeper::hold(const bundle::Bundle* bundle) {
  if (bundle == nullptr) {
    bundle::remove_file(held_file());
    return {};
  }
  auto file = bundle::NewFile::create(held_file());
  if (!file) return file.status();
  gov::Status written = file->append(bundle->manifest().digest);
  return written.ok() ? file->commit() : written;
}

gov::Result<std::shared_ptr<const bundle::Bundle>> BundleKeeper::find(std::string_view name) const {
  if (!store_)
    return gov::invalid("content.bundle_dir is not set, so that no earlier content is kept");
  return store_->find(name);
}

gov::Result<std::vector<content::RawDocument>> BundleKeeper::documents_of(
    const bundle::Bundle& bundle, std::string_view only) const {
  std::vector<content::RawDocument> out;
  for (const bundle::Entry& entry : bundle.manifest().entries) {
    if (!only.empty() && entry.source != only) continue;
    const auto source =
        std::find_if(config_.sources.begin(), config_.sources.end(),
                     [&](const config::Source& each) { return each.name == entry.source; });
    if (source == config_.sources.end()) continue;
    auto text = bundle.read(entry);
    if (!text) return text.status();
    content::RawDocument& raw = out.emplace_back();
    raw.source = entry.source;
    raw.key = entry.key;
    raw.version = entry.version;
    raw.title = entry.title;
    raw.link = entry.link;
    raw.licence = source->licence;
    raw.bytes = std::move(*text);
    raw.fetched_at = entry.fetched_at;
    raw.modified = entry.modified;
  }
  return out;
}

BundleKeeper::Kept BundleKeeper::kept(const config::Source& source) const {
  Kept out;
  const bundle::SourceState* const state =
      newest_ ? newest_->manifest().source(source.name) : nullptr;
  if (state == nullptr) return out;
  out.confirmed_at = state->confirmed_at;
  out.same_options = state->options_sha256 == options_sha256(source);
  if (auto documents = documents_of(*newest_, source.name)) out.documents = std::move(*documents);
  return out;
}

void BundleKeeper::note(std::shared_ptr<const content::Snapshot> snapshot,
                        std::vector<content::RawDocument> fresh) {
  if (!store_) return;
  const std::lock_guard lock(mutex_);
  pending_ = std::move(snapshot);
  // While the disk is full this may go on for days: one text for each document, not for each
  // change.
  for (content::RawDocument& raw : fresh) {
    std::string place = raw.source + '\n' + raw.key;
    fresh_.insert_or_assign(std::move(place), std::move(raw));
  }
}

bool BundleKeeper::write() {
  if (!store_) return true;
  const std::lock_guard lock(mutex_);
  return !pending_ || write_pending();
}

bool BundleKeeper::write_pending() {
  std::vector<bundle::SourceState> states;
  const auto now = std::chrono::system_clock::now();
  for (const config::Source& source : config_.sources)
    states.push_back({source.name, options_sha256(source), now});
  bundle::Manifest manifest =
      bundle::manifest_of(*pending_, std::move(states), "govhost " + std::string(kVersion));
  manifest.accepted_at = now;
  bool written = false;
  std::vector<content::RawDocument> fresh;
  for (auto& [place, raw] : fresh_) fresh.push_back(std::move(raw));
  const gov::Status added = store_->add(manifest, fresh, written);
  if (!added.ok()) {
    for (content::RawDocument& raw : fresh) fresh_[raw.source + '\n' + raw.key] = std::move(raw);
    log_.error("content.bundle_failed", added.message());
    return added.code() != GOV_NOT_FOUND;
  }
  pending_.reset();
  fresh_.clear();
  if (written)
    log_.info("content.bundle_written", {},
              {{"sequence", static_cast<std::int64_t>(manifest.sequence)},
               {"documents", static_cast<std::int64_t>(manifest.entries.size())},
               {"snapshot", std::string_view(manifest.digest)}});
  return true;
}

}  // namespace govhost::app
