// Ends things when the last one who used them has let go, on a thread of its own: the end of a
// plugin or of a source's reader may take long, and whoever was last may be a client's thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace govhost::app {

// Thread-safe. Outlives what it owns.
class Disposer {
 public:
  Disposer() = default;
  // Returns when everything has ended that was let go of.
  ~Disposer();
  Disposer(const Disposer&) = delete;

  template <class T>
  std::shared_ptr<T> own(std::unique_ptr<T> thing) {
    return std::shared_ptr<T>(thing.release(), [this](T* last) { add([last] { delete last; }); });
  }

 private:
  void add(std::function<void()> end);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> ends_;
  bool stopping_ = false;
  std::thread thread_;  // from the first end on
};

}  // namespace govhost::app
