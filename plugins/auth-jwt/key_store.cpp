#include "key_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace jwt {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxAnswer = std::uint64_t{1} << 20u;
// Requests that may wait for a fetch: more would take the workers of everybody else.
constexpr int kMostWaiting = 2;

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// "https://as.example/tenant" to "https://as.example/.well-known/NAME/tenant" (RFC 8414, 3.1).
std::string inserted(const std::string& issuer, const std::string& name) {
  const std::size_t path = issuer.find('/', issuer.find("://") + 3);
  return issuer.substr(0, path) + "/.well-known/" + name +
         (path == issuer.npos ? "" : issuer.substr(path));
}

}  // namespace

gov::Status KeyStore::start(const gov::Call& call) {
  if (!settings_.keys_file.empty()) {
    if (gov::Status loaded = load_file(); !loaded.ok()) return loaded;
  } else {
    if (!gov::Http::of(host_))
      return gov::invalid("auth jwt fetches the issuer's keys and needs grants = [\"" +
                          settings_.issuer + "/\"] beside plugin, or keys_file in its options");
    const gov::Status cached = load_cache();
    if (!cached.ok()) {
      const gov::Status fetched = fetch(call.raw());
      if (fetched.code() == GOV_PERMISSION_DENIED || fetched.code() == GOV_INVALID_ARGUMENT)
        return fetched;
      if (!fetched.ok())
        host_.warn("the issuer's keys cannot be fetched yet: every token is refused until then",
                   {{"issuer", settings_.issuer}, {"reason", fetched.message()}});
      next_ = Clock::now() + (fetched.ok() ? settings_.refresh : settings_.cooldown);
    }
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void KeyStore::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->cancel();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const KeySet> KeyStore::current() const {
  const auto now_held = held();
  return now_held && Clock::now() < now_held->good_until ? now_held->keys : nullptr;
}

std::shared_ptr<const KeySet> KeyStore::look_again(const gov::Call& call, gov::Status& status) {
  std::unique_lock lock(mutex_);
  const auto now = Clock::now();
  status = gov::unauthenticated("the token is signed with a key that the issuer does not have");
  if (!settings_.keys_file.empty()) return nullptr;
  const bool asking = fetching_ || wanted_;
  if (!asking && asked_ && now - *asked_ < settings_.cooldown) return nullptr;
  if (call.at_once()) {
    status = gov::would_block();
    return nullptr;
  }
  if (waiting_ >= kMostWaiting || stopping_) {
    status = gov::unavailable("the issuer's keys are being fetched");
    return nullptr;
  }
  // One that runs is waited for, never followed by another: names that are made up while it runs
  // would else keep the issuer busy for ever.
  const std::uint64_t round = rounds_ + 1;
  if (!asking) {
    wanted_ = true;
    asked_ = now;
    changed_.notify_all();
  }
  ++waiting_;
  const auto until = now + std::min<std::chrono::nanoseconds>(call.remaining(), settings_.timeout);
  const bool came = changed_.wait_until(lock, until, [&] { return stopping_ || rounds_ >= round; });
  --waiting_;
  if (!came) status = gov::unavailable("the issuer's keys could not be fetched in time");
  return came ? current() : nullptr;
}

void KeyStore::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool from_file = !settings_.keys_file.empty();
    const auto at = from_file ? Clock::now() + std::chrono::seconds(1) : next_;
    changed_.wait_until(lock, at, [this] { return stopping_ || wanted_; });
    if (stopping_) return;
    if (from_file) {
      lock.unlock();
      if (auth_common::stamp_of(settings_.keys_file) != file_)
        if (gov::Status loaded = load_file(); !loaded.ok())
          host_.error("the file of keys cannot be used; the keys before it stay in force",
                      {{"reason", loaded.message()}});
      lock.lock();
      continue;
    }
    if (!wanted_ && Clock::now() < next_) continue;
    wanted_ = false;
    fetching_ = true;
    gov::OwnCall call(settings_.timeout, "jwks");
    call_ = &call;
    lock.unlock();
    const gov::Status fetched = fetch(call.raw());
    lock.lock();
    call_ = nullptr;
    fetching_ = false;
    ++rounds_;
    next_ = Clock::now() +
            (fetched.ok() ? settings_.refresh : std::min(settings_.cooldown, settings_.refresh));
    if (!fetched.ok() && !stopping_)
      host_.warn("the issuer's keys could not be fetched",
                 {{"issuer", settings_.issuer},
                  {"reason", fetched.message()},
                  {"keys", current() ? "the last ones stay in force" : "none"}});
    changed_.notify_all();
  }
}

gov::Status KeyStore::load_file() {
  file_ = auth_common::stamp_of(settings_.keys_file);
  auto text = auth_common::read_credential_file(settings_.keys_file);
  if (!text) return text.status();
  gov::Status taken = take(*text, std::chrono::milliseconds(0));
  if (!taken.ok()) return gov::invalid(settings_.keys_file + ": " + taken.message());
  return {};
}

gov::Status KeyStore::load_cache() {
  if (settings_.cache_file.empty()) return gov::not_found("no copy");
  auto text = auth_common::read_credential_file(settings_.cache_file);
  if (!text) return text.status();
  const json copy = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!copy.is_object() || copy.value("issuer", json()) != settings_.issuer ||
      !copy.value("jwks", json()).is_string() ||
      !copy.value("fetched_at", json()).is_number_integer())
    return gov::not_found("no copy of this issuer's keys");
  const std::int64_t age =
      std::max<std::int64_t>(unix_now() - copy["fetched_at"].get<std::int64_t>(), 0);
  const std::chrono::milliseconds old =
      std::chrono::seconds(std::min<std::int64_t>(age, 1u << 30u));
  if (old >= settings_.stale_grace) return gov::not_found("the copy is older than the grace");
  gov::Status taken = take(copy["jwks"].get<std::string>(), old);
  if (taken.ok())
    host_.info("the issuer's keys are read from the copy on disk; they are fetched next",
               {{"issuer", settings_.issuer}, {"age_s", std::to_string(age)}});
  return taken;  // next_ is in the past: the thread fetches at once
}

gov::Result<std::string> KeyStore::get(const gov::Call& call, const std::string& url) {
  gov::HttpRequest request{url};
  request.headers = {{"Accept", "application/json"}};
  request.max_bytes = kMaxAnswer;
  const auto answer = gov::Http::of(host_)->send(call, request);
  if (!answer) return answer.status();
  if (answer->code != 200) return gov::status_of(*answer, url);
  return answer->body;
}

// OpenID Connect Discovery 1.0, 4, or RFC 8414, 3.
gov::Result<std::string> KeyStore::find_uri(const gov::Call& call) {
  if (!settings_.jwks_uri.empty()) return settings_.jwks_uri;
  if (!found_uri_.empty()) return found_uri_;
  std::string issuer = settings_.issuer;
  if (issuer.ends_with('/')) issuer.pop_back();
  std::string url = issuer + "/.well-known/openid-configuration";
  auto text = get(call, url);
  if (!text && text.status().code() == GOV_NOT_FOUND)
    text = get(call, url = inserted(issuer, "oauth-authorization-server"));
  if (!text) return text.status();
  const json metadata = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!metadata.is_object() || metadata.value("issuer", json()) != settings_.issuer)
    return gov::unavailable(url + " is not the metadata of " + settings_.issuer);
  if (!metadata.value("jwks_uri", json()).is_string())
    return gov::unavailable(url + " names no jwks_uri; set auth.options.jwks_uri");
  return metadata["jwks_uri"].get<std::string>();
}

gov::Status KeyStore::fetch(const gov_call* raw) {
  const gov::Call call(*raw);
  auto uri = find_uri(call);
  if (!uri) return uri.status();
  auto text = get(call, *uri);
  if (!text) {
    found_uri_.clear();  // it may have moved
    return text.status();
  }
  gov::Status taken = take(*text, std::chrono::milliseconds(0));
  if (!taken.ok()) return gov::unavailable(*uri + ": " + taken.message());
  found_uri_ = *uri;
  keep(*text);
  return {};
}

gov::Status KeyStore::take(const std::string& text, std::chrono::milliseconds age) {
  auto next = std::make_shared<Held>();
  next->text = text;
  const bool from_file = !settings_.keys_file.empty();
  next->good_until =
      from_file ? Clock::time_point::max() : Clock::now() + settings_.stale_grace - age;
  const auto before = held();
  if (before && before->text == text) {
    next->keys = before->keys;  // so that tokens which were accepted with them stay known
  } else {
    std::vector<std::string> notes;
    auto keys = from_file ? KeySet::of_file(text, notes) : KeySet::of_json(text, notes);
    if (!keys) return keys.status();
    for (const std::string& note : notes) host_.warn("a key is left out", {{"reason", note}});
    next->keys = std::make_shared<const KeySet>(std::move(*keys));
    host_.info("keys in force",
               {{"issuer", settings_.issuer}, {"count", std::to_string(next->keys->size())}});
  }
  const std::lock_guard lock(held_mutex_);
  held_ = std::move(next);
  return {};
}

void KeyStore::keep(const std::string& text) {
  if (settings_.cache_file.empty()) return;
  const json copy = {{"issuer", settings_.issuer}, {"fetched_at", unix_now()}, {"jwks", text}};
  const gov::Status written = auth_common::write_credential_file(
      settings_.cache_file, copy.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!written.ok())
    host_.warn("the copy of the issuer's keys cannot be written", {{"reason", written.message()}});
}

}  // namespace jwt
