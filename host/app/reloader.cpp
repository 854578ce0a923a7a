#include "app/reloader.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace govhost::app {
namespace {

using nlohmann::json;

// How often a watched file is looked at. It counts as written when it has not changed in between:
// an editor may write it in pieces.
constexpr std::chrono::seconds kLook{1};
constexpr std::size_t kKeysTold = 16;  // in a line of the log and in a record

std::string keys_of(const ReloadReport& report) {
  std::vector<std::string> keys;
  for (const ReloadReport::Change& each : report.changes) {
    if (keys.size() == kKeysTold) {
      keys.emplace_back("...");
      break;
    }
    keys.push_back(each.key);
  }
  return join(keys, " ");
}

}  // namespace

Reloader::Reloader(Runtime& runtime, Load load)
    : runtime_(runtime), load_(std::move(load)), state_{true, std::chrono::system_clock::now()} {
  read_ = seen_ = stamp_of(runtime_.config().file);
  thread_ = std::thread([this] { run(); });
}

void Reloader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<Reloader::Job> Reloader::add(std::string_view why, bool only_look) {
  const std::lock_guard lock(mutex_);
  // Whoever asks while another waits to be heard gets the same: the file is read after both.
  if (!next_ || next_->only_look != only_look) {
    next_ = std::make_shared<Job>();
    next_->why = why;
    next_->only_look = only_look;
  }
  changed_.notify_all();
  return next_;
}

void Reloader::request(std::string_view why) { add(why, false); }

gov::Result<json> Reloader::answer(const json& request) {
  const auto dry = request.find("dry_run");
  const bool only_look = dry != request.end() && dry->is_boolean() && dry->get<bool>();
  const auto job = add("an operator", only_look);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || job->done; });
  if (!job->done) return gov::unavailable("the server is ending");
  json out = to_json(*job->report);
  out["dry_run"] = only_look;
  return out;
}

Reloader::State Reloader::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Reloader::run() {
  std::unique_lock lock(mutex_);
  const bool watches = runtime_.config().host.watch_config && read_;
  for (;;) {
    const auto asked = [&] { return stopping_ || next_; };
    if (!watches)
      changed_.wait(lock, asked);
    else if (!changed_.wait_for(lock, kLook, asked) && file_has_settled())
      next_ = std::make_shared<Job>(Job{"the file has changed", false, nullptr, false});
    if (stopping_) return;
    const auto job = std::exchange(next_, nullptr);
    if (!job) continue;
    lock.unlock();
    carry_out(*job);
    lock.lock();
    job->done = true;
    changed_.notify_all();
  }
}

void Reloader::carry_out(Job& job) {
  read_ = seen_ = stamp_of(runtime_.config().file);
  job.report = std::make_shared<ReloadReport>(runtime_.reload(load_(), job.only_look));
  if (!job.only_look) note(job);
}

void Reloader::note(const Job& job) {
  const ReloadReport& report = *job.report;
  const std::string keys = keys_of(report);
  {
    const std::lock_guard lock(mutex_);
    state_.successful = report.ok();
    if (report.ok()) state_.succeeded = std::chrono::system_clock::now();
  }
  if (audit::Trail* const trail = runtime_.trail())
    trail->append({.action = "config.reload",
                   .target = keys,
                   .outcome = report.ok() ? "ok" : "error",
                   .reason = report.ok() ? std::string_view() : report.problems.front(),
                   .snapshot = runtime_.server().generation()->snapshot().digest()});
  Log& log = runtime_.log();
  for (const std::string& problem : report.problems)
    log.error("config.rejected", problem + "; the configuration in force stays",
              {{"asked_by", std::string_view(job.why)}});
  if (report.ok())
    log.info("config.reloaded", report.changes.empty() ? "nothing has changed" : "",
             {{"asked_by", std::string_view(job.why)},
              {"changes", static_cast<std::int64_t>(report.changes.size())},
              {"keys", std::string_view(keys)}});
}

std::optional<Reloader::Stamp> Reloader::stamp_of(const std::string& file) {
  struct stat found {};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) return std::nullopt;
  return Stamp{found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size, found.st_ino};
}

bool Reloader::file_has_settled() {
  const auto now = stamp_of(runtime_.config().file);
  const bool settled = now && now == seen_ && now != read_;
  seen_ = now;
  return settled;
}

}  // namespace govhost::app
