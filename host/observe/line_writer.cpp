#include "observe/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <utility>

#include "core/json_text.h"

namespace govhost {
namespace {
constexpr std::chrono::milliseconds kGather{10};
// So much is written without waiting for more: at 60 000 requests per second what gathers in 10 ms
// would take a megabyte, which the allocator keeps.
constexpr std::size_t kEnough = std::size_t{64} << 10u;
constexpr std::chrono::milliseconds kGiveUp{1000};
}  // namespace

// The descriptor may be shared with other processes, so it must not be made non-blocking itself. A
// pipe can be opened anew, and then takes as much as fits; where that is not allowed (a pipe of
// another user), a pipe that polls writable still takes PIPE_BUF bytes (pipe(7)).
LineWriter::Target::Target(int given) : fd(given) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return;
  if (S_ISREG(info.st_mode)) at_once = SIZE_MAX;
  if (!S_ISFIFO(info.st_mode)) return;
  own = UniqueFd(
      ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!own.valid()) return;
  fd = own.get();
  at_once = SIZE_MAX;
}

LineWriter::LineWriter(int fd, std::size_t capacity)
    : target_(fd), capacity_(capacity), thread_([this] { run(); }) {}

LineWriter::~LineWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LineWriter::append(std::string_view line, bool urgent) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (pending_.size() + line.size() > capacity_) {
      ++dropped_;
      return;
    }
    const bool first = pending_.empty();
    pending_ += line;
    urgent = urgent || pending_.size() >= kEnough;
    wake = first || (urgent && !urgent_);
    urgent_ = urgent_ || urgent;
    ++appended_;
  }
  if (wake) changed_.notify_one();
}

bool LineWriter::flush(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const std::uint64_t upto = appended_;
  urgent_ = true;
  changed_.notify_one();
  return written_.wait_for(lock, limit, [&] { return done_ >= upto; });
}

std::uint64_t LineWriter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void LineWriter::run() {
  std::string batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !pending_.empty(); });
    if (pending_.empty() && stopping_) return;
    changed_.wait_for(lock, kGather, [&] { return stopping_ || urgent_; });
    batch.clear();
    std::swap(batch, pending_);
    const std::uint64_t upto = appended_;
    if (dropped_ > reported_) {
      batch +=
          R"({"level":"warn","event":"log.dropped","msg":"log lines were dropped because their reader is too slow","count":)";
      append_number(batch, static_cast<std::int64_t>(dropped_ - reported_));
      batch += "}\n";
      reported_ = dropped_;
    }
    urgent_ = false;
    lock.unlock();
    write_out(batch);
    lock.lock();
    done_ = upto;
    written_.notify_all();
  }
}

// Never blocks for ever on a reader that has stopped.
void LineWriter::write_out(std::string_view bytes) {
  std::chrono::milliseconds waited{0};
  while (!bytes.empty()) {
    pollfd ready{target_.fd, POLLOUT, 0};
    const int n = ::poll(&ready, 1, 100);
    if (n == 0) {
      waited += std::chrono::milliseconds(100);
      const std::lock_guard lock(mutex_);
      if (stopping_ && waited >= kGiveUp) return;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || (ready.revents & (POLLERR | POLLNVAL)) != 0) return;
    const ssize_t written =
        ::write(target_.fd, bytes.data(), std::min(bytes.size(), target_.at_once));
    if (written < 0 && errno != EINTR && errno != EAGAIN) return;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace govhost
