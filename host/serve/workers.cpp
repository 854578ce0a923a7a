#include "serve/workers.h"

#include <utility>

namespace govhost {

Workers::Workers(std::size_t threads, std::size_t queue_limit) : queue_limit_(queue_limit) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() {
  stop(std::chrono::milliseconds(0));
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
  }
  work_.notify_one();
  return true;
}

bool Workers::stop(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  queue_.clear();
  work_.notify_all();
  return idle_.wait_for(lock, limit, [&] { return running_ == 0; });
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    job();
    job = nullptr;  // what the job holds is released outside the lock
    lock.lock();
    if (--running_ == 0) idle_.notify_all();
  }
}

}  // namespace govhost
