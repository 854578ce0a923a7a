// Sources that say when they changed.
#include "sync/engine.h"

namespace govhost::sync {
namespace {

constexpr std::chrono::seconds kWatchAgain{30};

}  // namespace

// On the lane's thread: a source whose plugin started late watches from then on.
void Engine::watch_if_possible(Lane& lane) {
  if (!lane.setup.watch || lane.watcher.joinable() || !lane.setup.source->watches()) return;
  const auto call = std::make_shared<plugin::CallContext>(Clock::time_point::max(), "watch");
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    lane.watching = call;
  }
  lane.watcher = std::thread([this, &lane, call] { watch(lane, *call); });
}

void Engine::watch(Lane& lane, plugin::CallContext& call) {
  std::string problem;  // that is known already
  bool watching = false;
  const auto changed = [&] {
    if (!std::exchange(watching, true)) {
      problem.clear();
      log_.info("content.watching", {}, {{"source", std::string_view(lane.setup.name)}});
    }
    const std::lock_guard lock(mutex_);
    lane.pace.hint(Clock::now());
    lane.look = true;
    changed_.notify_all();
  };
  for (;;) {
    const gov::Status status = lane.setup.source->watch(call, changed);
    watching = false;
    std::unique_lock lock(mutex_);
    if (stopping_ || status.code() == GOV_UNIMPLEMENTED) return;
    if (status.message() != problem) {
      problem = status.message();
      log_.warn("content.watch_failed",
                problem + (problem.empty() ? "" : "; ") +
                    "until it can be watched it is read every `refresh`",
                {{"source", std::string_view(lane.setup.name)}});
    }
    if (changed_.wait_for(lock, kWatchAgain, [&] { return stopping_; })) return;
  }
}

}  // namespace govhost::sync
