#include "observe/stdio_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>

#include "pipe.h"

namespace govhost {
namespace {

// Moving the standard streams cannot be undone, so all of it happens in a child.
TEST(StdioGuard, LeavesTheStreamsToNobodyButItsOwner) {
  Pipe in, out, err;
  ASSERT_EQ(::write(in.input(), "request", 7), 7);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    in.become_input();
    ::dup2(out.input(), STDOUT_FILENO);
    ::dup2(err.input(), STDERR_FILENO);
    const StdioGuard guard;
    char byte = 0, request[7] = {};
    const bool sound =
        guard.input() >= 10 && guard.output() >= 10 && ::read(STDIN_FILENO, &byte, 1) == 0 &&
        ::read(guard.input(), request, 7) == 7 && request[0] == 'r' &&
        ::write(STDOUT_FILENO, "stray", 5) == 5 && ::write(guard.output(), "answer", 6) == 6 &&
        (::fcntl(guard.input(), F_GETFD) & FD_CLOEXEC) != 0 &&
        (::fcntl(guard.output(), F_GETFD) & FD_CLOEXEC) != 0;
    ::_exit(sound ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(out.rest(), "answer");
  EXPECT_EQ(err.rest(), "stray");
}

// Otherwise the next file that is opened gets the number, and log lines are written into it.
TEST(StdioGuard, ReplacesAStreamThatTheParentClosed) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
    const StdioGuard guard;
    const UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    char byte = 0;
    const bool sound = next.get() > STDERR_FILENO && guard.input() >= 10 && guard.output() >= 10 &&
                       ::read(STDIN_FILENO, &byte, 1) == 0 &&
                       ::write(STDERR_FILENO, "log", 3) == 3 &&
                       ::write(guard.output(), "answer", 6) == 6;
    ::_exit(sound ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace govhost
