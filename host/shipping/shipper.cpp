#include "shipping/shipper.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <utility>

#include "core/background.h"
#include "core/read_file.h"

namespace govhost::shipping {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t kMostLines = 500, kMostBytes = std::size_t{512} << 10u;
constexpr std::chrono::milliseconds kLook = 500ms;  // for more, when there was none
constexpr std::chrono::milliseconds kFirstPause = 1s, kLongestPause = 60s;
constexpr auto kPatience = 20s;  // with one batch

std::uint64_t remembered(const std::filesystem::path& place) {
  const auto text = read_file(place.native());
  const json read = text ? json::parse(*text, nullptr, false) : json();
  if (!read.is_object()) return 0;
  const auto sent = read.find("sent");
  return sent != read.end() && sent->is_number_unsigned() ? sent->get<std::uint64_t>() : 0;
}

}  // namespace

Shipper::Shipper(std::string name, std::filesystem::path folder, std::unique_ptr<Sink> sink,
                 Log& log, std::function<void()> progress)
    : name_(std::move(name)),
      place_(folder / ("sink-" + name_ + ".json")),
      sink_(std::move(sink)),
      log_(log),
      progress_(std::move(progress)),
      sent_(remembered(place_)),
      follower_(std::make_unique<Follower>(folder, sent_)),
      thread_([this] { run(); }) {}

void Shipper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (call_) call_->cancel();
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Shipper::run() {
  work_in_the_background();
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    const gov::Status shipped = ship();
    if (shipped.code() == GOV_CANCELLED) return;
    const std::string_view named = name_;
    if (!shipped.ok()) {
      if (!failing_.exchange(true))
        log_.error("audit.sink_failed", shipped.message(), {{"sink", named}});
      if (!wait(pause)) return;
      pause = std::min(2 * pause, kLongestPause);
      continue;
    }
    if (failing_.exchange(false)) log_.info("audit.sink_recovered", {}, {{"sink", named}});
    pause = kFirstPause;
    if (!wait(more_ ? 0ms : kLook)) return;
  }
}

bool Shipper::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !ended_.wait_for(lock, time, [&] { return stopping_; });
}

gov::Status Shipper::ship() {
  const auto batch = follower_->next(kMostLines, kMostBytes);
  if (!batch) return batch.status();
  more_ = !batch->lines.empty();
  if (!more_) return {};
  if (batch->missing > 0 && sent_ > 0)
    log_.error("audit.sink_gap", "records were removed before they were sent",
               {{"sink", std::string_view(name_)},
                {"records", static_cast<std::int64_t>(batch->missing)}});
  plugin::CallContext call(std::chrono::steady_clock::now() + kPatience, "audit.sink");
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return gov::cancelled();
    call_ = &call;
  }
  gov::Status sent = sink_->send(batch->lines, call);
  {
    const std::lock_guard lock(mutex_);
    call_ = nullptr;
    if (stopping_ && !sent.ok()) return gov::cancelled();
  }
  if (!sent.ok()) return sent;
  if (gov::Status kept = remember(batch->last); !kept.ok()) return kept;
  follower_->done(*batch);
  sent_ = batch->last;
  progress_();
  return {};
}

// Whole or not at all. After a crash some may be sent again, which the other end sees by "seq".
gov::Status Shipper::remember(std::uint64_t seq) {
  const std::string draft = place_.native() + ".new";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << json{{"sent", seq}}.dump() << '\n';
  out.close();
  if (!out || std::rename(draft.c_str(), place_.c_str()) != 0)
    return gov::unavailable(place_.native() + " cannot be written");
  return {};
}

}  // namespace govhost::shipping
