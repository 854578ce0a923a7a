#include "observe/stdio_guard.h"

#include <fcntl.h>
#include <unistd.h>

namespace govhost {
namespace {

constexpr int kFirstPrivate = 10;  // well above what a careless close(1) or close(2) may hit

// A parent may have closed one of the three. Its number would go to the next file that is opened,
// a plugin or a client's socket, and every log line would be written into that.
void fill_gaps() {
  int fd = -1;
  do {
    fd = ::open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  const UniqueFd beyond(fd);
}

}  // namespace

StdioGuard::StdioGuard() {
  fill_gaps();
  input_ = UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kFirstPrivate));
  output_ = UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kFirstPrivate));
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.valid()) ::dup2(null.get(), STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace govhost
