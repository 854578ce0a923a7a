#include "outbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace transport_stdio {

void append_line(const gov_reply& reply, std::string& out) {
  if (reply.part_count == 0) return;
  for (std::uint64_t i = 0; i < reply.part_count; ++i) out.append(gov::to_cpp(reply.parts[i]));
  out += '\n';
}

gov::Result<std::shared_ptr<Outbox>> Outbox::create(std::size_t max_bytes) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    return gov::unavailable(std::string("cannot create an event descriptor: ") +
                            std::strerror(errno) + "; raise the limit of open files");
  }
  return std::make_shared<Outbox>(fd, max_bytes);
}

Outbox::~Outbox() { close(wake_fd_); }

void Outbox::put(const gov_reply& reply, Slot& slot, Turn turn) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = lines_.empty() && turns_.empty();
  std::uint64_t size = lines_.size();
  for (std::uint64_t i = 0; i < reply.part_count; ++i) size += reply.parts[i].len;
  if (size <= max_bytes_ || lines_.empty()) {
    append_line(reply, lines_);
  } else {
    overflown_.store(true, std::memory_order_release);
  }
  if (turn != Turn::kNone) turns_.emplace_back(&slot, turn);
  if (was_empty || overflown()) wake();
}

void Outbox::take(std::string& lines, Turns& turns) {
  const std::lock_guard lock(mutex_);
  if (lines.empty()) {
    lines.swap(lines_);
  } else {
    lines += lines_;
    lines_.clear();
  }
  turns.insert(turns.end(), turns_.begin(), turns_.end());
  turns_.clear();
}

void Outbox::drain() {
  draining_.store(true, std::memory_order_release);
  wake();
}

void Outbox::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
}

void Outbox::wakeup_seen() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(wake_fd_, &count, sizeof count);
}

}  // namespace transport_stdio
