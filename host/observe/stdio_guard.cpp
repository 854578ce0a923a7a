#include "observe/stdio_guard.h"

#include <fcntl.h>
#include <unistd.h>

namespace govhost {
namespace {
constexpr int kFirstPrivate = 10;  // well above what a careless close(1) or close(2) may hit
}

StdioGuard::StdioGuard()
    : input_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kFirstPrivate)),
      output_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kFirstPrivate)) {
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.valid()) ::dup2(null.get(), STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace govhost
