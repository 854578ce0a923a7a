// A value that is replaced as a whole while others use it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace govhost {

// Thread-safe. Who has got a value keeps it for as long as he likes. The lock is held for the copy
// of a pointer: as long as std::atomic<std::shared_ptr> of libstdc++ 12 holds its own, whose load()
// lets go of it without the order that the language asks for.
template <class T>
class Current {
 public:
  Current() = default;
  explicit Current(std::shared_ptr<T> value) : value_(std::move(value)) {}

  std::shared_ptr<T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  // What was there before is let go of outside the lock: its end may take a while.
  void set(std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    value_.swap(next);  // `next` ends after the lock does: parameters outlive locals
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> value_;
};

}  // namespace govhost
