#include "app/disposer.h"

#include "core/background.h"

namespace govhost::app {

Disposer::~Disposer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Disposer::add(std::function<void()> end) {
  const std::lock_guard lock(mutex_);
  ends_.push_back(std::move(end));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void Disposer::run() {
  work_in_the_background();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !ends_.empty(); });
    if (ends_.empty()) return;
    const auto end = std::move(ends_.front());
    ends_.pop_front();
    lock.unlock();
    end();
    lock.lock();
  }
}

}  // namespace govhost::app
