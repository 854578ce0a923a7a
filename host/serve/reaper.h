// Calls back when a deadline has passed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
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

  // `owner`: whose end the callback must not outlive; null: nobody's.
  void at(Time deadline, std::function<void()> callback, const void* owner = nullptr);

  // Drops the callbacks of an owner, which is not null. Returns when none of them runs any more, so
  // not from one.
  void forget(const void* owner);

 private:
  struct Entry {
    Time deadline;
    std::function<void()> callback;
    const void* owner = nullptr;
    bool operator<(const Entry& other) const { return deadline > other.deadline; }
  };
  void run();

  std::mutex mutex_;
  std::condition_variable changed_, returned_;
  std::vector<Entry> heap_;        // the earliest deadline first
  const void* running_ = nullptr;  // owner of the callback that runs
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace govhost
