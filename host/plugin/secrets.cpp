#include "plugin/secrets.h"

#include <fcntl.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/scrub.h"
#include "core/unique_fd.h"
#include "plugin/secret_program.h"

namespace govhost::plugin {
namespace {

constexpr std::size_t kMaxSecret = std::size_t{64} << 10u;
constexpr std::chrono::seconds kRetry{5};  // after a failure, while there is an old value

gov::Status too_large(std::string_view reference) {
  return gov::invalid("secret " + std::string(reference) + " is larger than 64 KiB");
}

gov::Result<Secret> read_file(const std::string& path, std::string_view reference) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid())
    return gov::unavailable("secret " + std::string(reference) + ": " + std::strerror(errno));
  std::string text(kMaxSecret + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(fd.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return gov::unavailable("secret " + std::string(reference) + ": " + std::strerror(errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kMaxSecret) return too_large(reference);
  std::string_view value(text.data(), size);
  if (value.ends_with('\n')) value.remove_suffix(1);
  Secret out(value);
  OPENSSL_cleanse(text.data(), size);
  return out;
}

}  // namespace

Secret::Secret(std::string_view text)
    : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
  std::memcpy(bytes_.get(), text.data(), text.size());
  keep_out_of_texts(text);
}

Secret::~Secret() {
  if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
}

gov::Result<Secret> resolve_secret(std::string_view reference) {
  if (reference.starts_with("env:")) {
    const char* value = std::getenv(std::string(reference.substr(4)).c_str());
    if (!value)
      return gov::unavailable("secret " + std::string(reference) + ": the variable is not set");
    if (std::strlen(value) > kMaxSecret) return too_large(reference);
    return Secret(value);
  }
  if (reference.starts_with("file:")) return read_file(std::string(reference.substr(5)), reference);
  if (reference.starts_with("cred:")) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string_view name = reference.substr(5);
    if (!folder || name.empty() || name.find('/') != std::string_view::npos)
      return gov::unavailable(
          "secret " + std::string(reference) +
          ": no such systemd credential; see LoadCredential= in systemd.exec(5)");
    return read_file(std::string(folder) + "/" + std::string(name), reference);
  }
  if (reference.starts_with("exec:")) return secret_of_program(reference.substr(5));
  return gov::invalid(
      "a secret must be a reference: env:NAME, file:/path, cred:NAME or exec:/path");
}

gov::Result<Secret> Secrets::resolve(std::string_view reference) {
  const std::string scheme(reference.substr(0, reference.find(':')));
  // Reading them again costs less than keeping them.
  if (scheme == "env" || scheme == "file" || scheme == "cred") return resolve_secret(reference);

  std::unique_lock lock(mutex_);
  auto found = kept_.find(reference);
  if (found == kept_.end()) found = kept_.try_emplace(std::string(reference)).first;
  Entry& entry = found->second;  // never erased
  const auto now = Clock::now();
  if (entry.known && (now < entry.good_until || now < entry.retry_at || entry.fetching))
    return entry.value.copy();
  if (entry.fetching) {
    if (!fetched_.wait_for(lock, 2 * kPatience, [&] { return !entry.fetching; }))
      return gov::unavailable("secret " + std::string(reference) + " is being fetched");
    if (!entry.known) return entry.failure;
    return entry.value.copy();
  }
  entry.fetching = true;
  lock.unlock();
  Clock::time_point good_until;
  gov::Result<Secret> fetched = fetch(reference, good_until);
  lock.lock();
  take(found->first, entry, std::move(fetched), good_until);
  entry.fetching = false;
  fetched_.notify_all();
  if (!entry.known) return entry.failure;
  return entry.value.copy();
}

void Secrets::take(const std::string& reference, Entry& entry, gov::Result<Secret> fetched,
                   Clock::time_point good_until) {
  if (!fetched) {
    entry.failure = fetched.status();
    entry.retry_at = Clock::now() + kRetry;
    if (entry.known && !std::exchange(entry.failing, true))
      log_.error("secret.stale", entry.failure.message(),
                 {{"secret", std::string_view(reference)}});
    return;
  }
  const bool rotated = entry.known && !(entry.value == *fetched);
  const std::string_view named = reference;
  if (std::exchange(entry.failing, false)) log_.info("secret.recovered", {}, {{"secret", named}});
  if (rotated) log_.info("secret.rotated", {}, {{"secret", named}});
  entry.value = std::move(*fetched);
  entry.known = true;
  entry.good_until = good_until;
  entry.refreshed = std::chrono::system_clock::now();
}

gov::Result<Secret> Secrets::fetch(std::string_view reference, Clock::time_point& good_until) {
  const std::size_t colon = reference.find(':');
  const auto store = stores_.find(reference.substr(0, colon));
  if (colon == std::string_view::npos || store == stores_.end()) {
    auto value = resolve_secret(reference);
    good_until = Clock::now() + refresh_;
    return value;
  }
  Secret value;
  std::int64_t expires_ms = 0;
  CallContext call(Clock::now() + kPatience, "secret");
  const gov::Status resolved = store->second->resolve(
      call, reference.substr(colon + 1), [&](std::string_view text, std::int64_t expires) {
        value = Secret(text.substr(0, kMaxSecret + 1));
        expires_ms = expires;
      });
  if (!resolved.ok())
    return gov::Status(resolved.code(),
                       "secret " + std::string(reference) + ": " + resolved.message());
  if (value.reveal().size() > kMaxSecret) return too_large(reference);
  const auto until_then = std::chrono::milliseconds(expires_ms) -
                          std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::system_clock::now().time_since_epoch());
  good_until = Clock::now() + (expires_ms > 0 ? std::min(refresh_, until_then) : refresh_);
  return value;
}

std::vector<Secrets::Age> Secrets::ages() const {
  std::vector<Age> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [reference, entry] : kept_)
    if (entry.known) out.push_back({reference, entry.refreshed});
  return out;
}

}  // namespace govhost::plugin
