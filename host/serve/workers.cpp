#include "serve/workers.h"

#include <system_error>
#include <utility>

namespace govhost {

Workers::~Workers() {
  stop(std::chrono::milliseconds(0));
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
    const bool short_of_threads = queue_.size() > waiting_ && threads_.size() < most_threads_;
    if (short_of_threads && !start_thread() && threads_.empty()) {
      queue_.pop_back();
      return false;
    }
  }
  work_.notify_one();
  return true;
}

bool Workers::start_thread() {
  try {
    threads_.emplace_back([this] { run(); });
    return true;
  } catch (const std::system_error&) {  // a limit of threads: those that are there go on
    return false;
  }
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
    ++waiting_;
    work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    --waiting_;
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
