// Calls back when a deadline has passed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace govhost {

// One thread and a heap of deadlines. The callbacks run on that thread and must be quick. What has
// been done in time stays in the heap until its deadline, so the callback must look for itself.
class Reaper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Reaper();
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  void at(Time deadline, std::function<void()> callback);

 private:
  struct Entry {
    Time deadline;
    std::function<void()> callback;
    bool operator<(const Entry& other) const { return deadline > other.deadline; }
  };
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Entry> heap_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace govhost
