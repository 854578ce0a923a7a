#include "output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace transport_stdio {

Output::Output(int fd) : fd_(fd) {
  struct stat about {};
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) {
    way_ = Way::kNonBlocking;
  } else if (fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode)) {
    way_ = Way::kSocket;
  } else if (S_ISFIFO(about.st_mode)) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    const int again = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    owned_ = again >= 0;
    way_ = owned_ ? Way::kNonBlocking : Way::kSharedPipe;
    if (owned_) fd_ = again;
  }
}

Output::~Output() {
  if (owned_) close(fd_);
}

Output::Outcome Output::write(std::string_view data, std::size_t& written) {
  written = 0;
  if (way_ == Way::kSharedPipe) {
    // A pipe that polls writable takes PIPE_BUF bytes without blocking, not more for certain.
    pollfd ready{fd_, POLLOUT, 0};
    if (poll(&ready, 1, 0) == 0) return Outcome::kWouldBlock;
    data = data.substr(0, std::min<std::size_t>(data.size(), PIPE_BUF));
  }
  for (;;) {
    const ssize_t n = way_ == Way::kSocket
                          ? send(fd_, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                          : ::write(fd_, data.data(), data.size());
    if (n >= 0) {
      written = static_cast<std::size_t>(n);
      return Outcome::kWritten;
    }
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::kWouldBlock : Outcome::kGone;
  }
}

}  // namespace transport_stdio
