#include "serve/reaper.h"

#include <utility>

namespace govhost {

Reaper::Reaper() : thread_([this] { run(); }) {}

Reaper::~Reaper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Reaper::at(Time deadline, std::function<void()> callback) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = heap_.empty() || deadline < heap_.top().deadline;
    heap_.push({deadline, std::move(callback)});
  }
  if (first) changed_.notify_one();
}

void Reaper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (heap_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Time next = heap_.top().deadline;
    if (std::chrono::steady_clock::now() < next) {
      changed_.wait_until(lock, next);
      continue;
    }
    std::function<void()> callback = heap_.top().callback;
    heap_.pop();
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
  }
}

}  // namespace govhost
