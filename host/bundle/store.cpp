#include "bundle/store.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "bundle/delta.h"
#include "bundle/file.h"
#include "core/time.h"

namespace govhost::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "bundle-", kSuffix = ".tar", kPart = ".part",
                           kDelta = ".delta.tar";
constexpr std::size_t kDigits = 8, kDigest = 12, kLeastDigest = 6;
constexpr const char* kLock = "lock";

// nullopt for a file of another name.
std::optional<std::uint64_t> sequence_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), sequence);
  if (error != std::errc() || end == name.data() || *end != '-') return std::nullopt;
  return sequence;
}

constexpr std::chrono::seconds kPatience{5};

// Held by whoever writes; goes away with the process, however that ends (flock(2)).
gov::Result<UniqueFd> lock_folder(const std::string& directory) {
  const std::string path = directory + "/" + kLock;
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return gov::unavailable(path + ": " + error_text(errno));
  // A bundle is written within a second or so: whoever writes now, a server or a command, is waited
  // for.
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= give_up)
      return gov::unavailable(directory + ": another process is writing a bundle there");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fd;
}

// What a killed process left.
void remove_parts(const std::string& directory) {
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kPart)) remove_file(it->path().string());
  }
}

using Fresh = std::map<std::pair<std::string_view, std::string_view>, std::string_view>;

Fresh by_place(std::span<const content::RawDocument> documents) {
  Fresh out;
  for (const content::RawDocument& raw : documents)
    out.insert_or_assign({raw.source, raw.key}, raw.bytes);
  return out;
}

}  // namespace

std::string bundle_name(std::uint64_t sequence, std::string_view digest, bool is_delta) {
  const std::string number = std::to_string(sequence);
  const std::size_t zeros = number.size() < kDigits ? kDigits - number.size() : 0;
  return std::string(kPrefix) + std::string(zeros, '0') + number + "-" +
         std::string(digest.substr(0, kDigest)) + std::string(is_delta ? kDelta : kSuffix);
}

std::vector<Listed> Store::list(gov::Status* why) const {
  std::vector<Listed> out;
  std::error_code error;
  for (fs::directory_iterator it(settings_.directory, error), end; !error && it != end;
       it.increment(error)) {
    if (const auto sequence = sequence_of(it->path().filename().string()))
      out.push_back({*sequence, it->path().string()});
  }
  if (error && why != nullptr && error != std::errc::no_such_file_or_directory)
    *why = gov::unavailable(settings_.directory + ": " + error.message());
  std::sort(out.begin(), out.end(), [](const Listed& a, const Listed& b) {
    return a.sequence != b.sequence ? a.sequence > b.sequence : a.path > b.path;
  });
  return out;
}

std::shared_ptr<const Bundle> Store::newest(const OnBroken& on_broken) {
  gov::Status why;
  const auto listed = list(&why);
  if (!why.ok()) on_broken(settings_.directory, why);
  for (const Listed& each : listed) {
    auto bundle = Bundle::open(each.path, settings_.trust);
    const gov::Status good = bundle ? bundle->verify() : bundle.status();
    if (good.ok()) return newest_ = std::make_shared<const Bundle>(std::move(*bundle));
    on_broken(each.path, good);
  }
  return newest_ = nullptr;
}

gov::Result<std::shared_ptr<const Bundle>> Store::open(const std::string& path) const {
  auto bundle = Bundle::open(path, settings_.trust);
  const gov::Status good = bundle ? bundle->verify() : bundle.status();
  if (!good.ok()) return gov::Status(good.code(), path + " " + good.message());
  return std::make_shared<const Bundle>(std::move(*bundle));
}

gov::Result<std::shared_ptr<const Bundle>> Store::find(std::string_view name) const {
  gov::Status why;
  const auto listed = list(&why);
  if (!why.ok()) return why;
  const bool digest = name.size() >= kLeastDigest;
  for (const Listed& each : listed) {
    if (name == "newest" || name == std::to_string(each.sequence)) return open(each.path);
    if (!digest) continue;
    const auto head = Bundle::peek(each.path, settings_.trust);
    if (head && head->digest.starts_with(name)) return open(each.path);
  }
  return gov::not_found(listed.empty()
                            ? settings_.directory + " holds no bundle"
                            : settings_.directory + " holds no bundle " + std::string(name) +
                                  "; name one by its number or the first digits of its digest");
}

gov::Result<std::shared_ptr<const Bundle>> Store::at(Time time) const {
  std::string oldest;
  for (const Listed& each : list()) {
    const auto head = Bundle::peek(each.path, settings_.trust);
    if (!head) continue;
    if (head->accepted_at <= time) return open(each.path);
    oldest = to_rfc3339(head->accepted_at);
  }
  return gov::not_found(settings_.directory + " holds nothing as old as " + to_rfc3339(time) +
                        (oldest.empty() ? "" : "; its oldest bundle is of " + oldest));
}

gov::Result<std::shared_ptr<const Bundle>> Store::import(const std::string& path) {
  const auto bundle = open(path);
  if (!bundle) return bundle.status();
  if (gov::Status s = prepare_folder(); !s.ok()) return s;
  const auto lock = lock_folder(settings_.directory);
  if (!lock) return lock.status();
  remove_parts(settings_.directory);
  auto listed = list();
  const std::uint64_t sequence = listed.empty() ? 1 : listed.front().sequence + 1;
  const std::string own =
      settings_.directory + "/" + bundle_name(sequence, (*bundle)->manifest().digest);
  if (gov::Status s = (*bundle)->copy_to(own, settings_.key); !s.ok()) return s;
  auto copied = open(own);
  if (!copied) return copied.status();
  newest_ = *copied;
  listed.insert(listed.begin(), {sequence, own});
  remove_old(listed);
  return copied;
}

gov::Status Store::prepare_folder() const {
  std::error_code error;
  if (fs::create_directories(settings_.directory, error) && !error)
    fs::permissions(settings_.directory, fs::perms::owner_all, error);
  if (error) return gov::unavailable(settings_.directory + ": " + error.message());
  return {};
}

gov::Status Store::add(Manifest& manifest, std::span<const content::RawDocument> fresh,
                       bool& written) {
  written = false;
  if (newest_ && same_content(newest_->manifest(), manifest)) return {};
  if (gov::Status s = prepare_folder(); !s.ok()) return s;
  const auto lock = lock_folder(settings_.directory);
  if (!lock) return lock.status();
  remove_parts(settings_.directory);

  auto listed = list();
  manifest.sequence = listed.empty() ? 1 : listed.front().sequence + 1;
  const Fresh own = by_place(fresh);
  const auto read = [&](const Entry& entry) -> gov::Result<std::string> {
    if (const auto found = own.find({entry.source, entry.key}); found != own.end())
      return std::string(found->second);
    if (newest_ && newest_->holds(entry)) return newest_->read(entry);
    return gov::not_found("the text of " + entry.source + ":" + entry.key +
                          " is neither new nor in the bundle before");
  };
  const bool is_delta = worth_a_delta(listed);
  const std::string path =
      settings_.directory + "/" + bundle_name(manifest.sequence, manifest.digest, is_delta);
  const gov::Status wrote =
      is_delta ? write_bundle(path,
                              delta_of(manifest, newest_->manifest(),
                                       {newest_->file(), newest_->manifest_sha256()}),
                              read, settings_.key)
               : write_bundle(path, manifest, read, settings_.key);
  if (!wrote.ok()) return wrote;
  written = true;
  auto bundle = Bundle::open(path, settings_.trust, newest_.get());
  if (!bundle) return gov::Status(bundle.status().code(), path + " " + bundle.status().message());
  newest_ = std::make_shared<const Bundle>(std::move(*bundle));
  listed.insert(listed.begin(), {manifest.sequence, path});
  remove_old(listed);
  return {};
}

// The base is the newest file, so that what one needs stands right behind it.
bool Store::worth_a_delta(const std::vector<Listed>& listed) const {
  if (!newest_ || listed.empty() || newest_->bases() == kMostBases) return false;
  if (fs::path(listed.front().path).filename().string() != newest_->file()) return false;
  std::uint64_t bytes = 0;
  for (const Entry& entry : newest_->manifest().entries) bytes += entry.size;
  return bytes >= settings_.delta_from;
}

// What those that stay need stays too.
void Store::remove_old(const std::vector<Listed>& listed) const {
  const std::size_t keep = std::max<std::size_t>(settings_.keep, 1);
  bool needed = listed.size() > keep && listed[keep - 1].path.ends_with(kDelta);
  for (std::size_t i = keep; i < listed.size(); ++i) {
    if (!needed) remove_file(listed[i].path);
    needed = needed && listed[i].path.ends_with(kDelta);
  }
}

}  // namespace govhost::bundle
