#include "serve/reaper.h"

#include <algorithm>
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

void Reaper::at(Time deadline, std::function<void()> callback, const void* owner) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = heap_.empty() || deadline < heap_.front().deadline;
    heap_.push_back({deadline, std::move(callback), owner});
    std::push_heap(heap_.begin(), heap_.end());
  }
  if (first) changed_.notify_one();
}

void Reaper::forget(const void* owner) {
  std::vector<Entry> dropped;  // destroyed without the lock
  std::unique_lock lock(mutex_);
  const auto drop = [&] {
    const auto end = std::stable_partition(
        heap_.begin(), heap_.end(), [&](const Entry& entry) { return entry.owner != owner; });
    dropped.insert(dropped.end(), std::make_move_iterator(end),
                   std::make_move_iterator(heap_.end()));
    heap_.erase(end, heap_.end());
    std::make_heap(heap_.begin(), heap_.end());
  };
  drop();
  returned_.wait(lock, [&] { return running_ != owner; });
  drop();  // what the one that ran has asked for, such as to be called again
  lock.unlock();
}

void Reaper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (heap_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Time next = heap_.front().deadline;
    if (std::chrono::steady_clock::now() < next) {
      changed_.wait_until(lock, next);
      continue;
    }
    std::pop_heap(heap_.begin(), heap_.end());
    std::function<void()> callback = std::move(heap_.back().callback);
    running_ = heap_.back().owner;
    heap_.pop_back();
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
    running_ = nullptr;
    returned_.notify_all();
  }
}

}  // namespace govhost
