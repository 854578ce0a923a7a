// The meeting point of other threads and the thread that serves the client.
#pragma once

#include <gov/abi/transport.h>
#include <gov/status.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace transport_stdio {

struct Slot;

// Appends a reply as one line; a reply without parts is no line at all.
void append_line(const gov_reply& reply, std::string& out);

// Replies given on other threads wait here as text, and the serving thread is woken. All methods
// may be called from any thread.
class Outbox {
 public:
  // What a reply makes of its exchange.
  enum class Turn { kNone, kIdle, kBusy, kFinished };
  using Turns = std::vector<std::pair<Slot*, Turn>>;

  static gov::Result<std::shared_ptr<Outbox>> create(std::size_t max_bytes);
  Outbox(int wake_fd, std::size_t max_bytes) : wake_fd_(wake_fd), max_bytes_(max_bytes) {}
  Outbox(const Outbox&) = delete;
  ~Outbox();

  void put(const gov_reply& reply, Slot& slot, Turn turn);
  // Moves lines out, and the turns other than kNone.
  void take(std::string& lines, Turns& turns);

  void drain();
  bool draining() const { return draining_.load(std::memory_order_acquire); }
  // More than max_bytes of replies are waiting: the client does not read.
  bool overflown() const { return overflown_.load(std::memory_order_acquire); }

  // Readable after put() and drain(), until wakeup_seen().
  int wake_fd() const { return wake_fd_; }
  void wakeup_seen();

 private:
  void wake();

  const int wake_fd_;
  const std::size_t max_bytes_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> overflown_{false};
  std::mutex mutex_;
  std::string lines_;
  Turns turns_;
};

}  // namespace transport_stdio
