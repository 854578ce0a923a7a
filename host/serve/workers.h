// Threads for work that may block.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace govhost {

// A bounded number of threads, which start when there is work for them, and a bounded queue. Full
// means refuse, never wait.
class Workers {
 public:
  Workers(std::size_t threads, std::size_t queue_limit)
      : most_threads_(threads), queue_limit_(queue_limit) {}
  ~Workers();  // every thread must have been stopped
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // [any] False when the queue is full, stop() was called or the system gives not even one thread.
  // A job must not throw.
  bool submit(std::function<void()> job);

  // Takes no more jobs, drops those not begun, waits for the others. False when a job was still
  // running at the limit: the caller must then leave the process without destroying anything the
  // job may use.
  bool stop(std::chrono::milliseconds limit);

 private:
  void run();
  bool start_thread();

  const std::size_t most_threads_, queue_limit_;
  std::mutex mutex_;
  std::condition_variable work_, idle_;
  std::deque<std::function<void()>> queue_;
  std::size_t running_ = 0, waiting_ = 0;  // threads at a job, and without one
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace govhost
