// The meeting point of other threads and the thread that serves the client.
#pragma once

#include <gov/abi/transport.h>
#include <gov/status.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace transport_stdio {

struct Slot;

// Appends a reply as one line; a reply without parts is no line at all.
void append_line(const gov_reply& reply, std::string& out);

// Replies given on other threads wait here as text, and the serving thread is woken. All methods
// may be called from any thread.
class Outbox {
 public:
  static gov::Result<std::shared_ptr<Outbox>> create(std::size_t max_bytes);
  Outbox(int wake_fd, std::size_t max_bytes) : wake_fd_(wake_fd), max_bytes_(max_bytes) {}
  Outbox(const Outbox&) = delete;
  ~Outbox();

  // One reply; the last one of an exchange names its slot as finished.
  void put(const gov_reply& reply, Slot& slot);
  // Moves lines and finished slots out.
  void take(std::string& lines, std::vector<Slot*>& finished);

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
  std::vector<Slot*> finished_;
};

}  // namespace transport_stdio
