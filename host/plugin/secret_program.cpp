#include "plugin/secret_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "core/text.h"
#include "core/unique_fd.h"
#include "plugin/trust.h"

namespace govhost::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxPrinted = std::size_t{64} << 10u;
constexpr std::chrono::seconds kProgramPatience{10};

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < command.size();) {
    const std::size_t end = std::min(command.find(' ', at), command.size());
    if (end > at) words.emplace_back(command.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// What the child is given: nothing on standard input, a pipe for its answer, no place for messages,
// which could hold what the log must not.
class Actions {
 public:
  explicit Actions(int answer) {
    ::posix_spawn_file_actions_init(&raw_);
    ::posix_spawn_file_actions_addopen(&raw_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&raw_, answer, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&raw_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // Signals that the host ignores or blocks are the child's own again, and a group of its own has
    // what it starts killed with it.
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Actions() {
    ::posix_spawn_file_actions_destroy(&raw_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Actions(const Actions&) = delete;
  const posix_spawn_file_actions_t* raw() const { return &raw_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t raw_;
  posix_spawnattr_t attributes_;
};

constexpr int kLook = 2;  // ms between two looks at a child that has said everything

enum class Ended { kWell, kLate, kLarge, kBroken };

// Into `out`, which never grows: what it held before would stay behind in memory.
Ended read_all(int fd, Clock::time_point deadline, std::string& out) {
  std::size_t size = 0;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Ended::kLate;
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
    const ssize_t n = ::read(fd, out.data() + size, out.size() - size);
    if (n < 0 && errno != EINTR) return Ended::kBroken;
    if (n == 0) break;
    if (n > 0) size += static_cast<std::size_t>(n);
    if (size == out.size()) return Ended::kLarge;
  }
  out.resize(size);
  return Ended::kWell;
}

// Who has closed his output need not end. False: he has not by then, and `status` is not set.
bool ends_by(pid_t child, Clock::time_point deadline, int& status) {
  for (;;) {
    if (::waitpid(child, &status, WNOHANG) == child) return true;
    if (Clock::now() >= deadline) return false;
    ::poll(nullptr, 0, kLook);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

gov::Result<Secret> secret_of_program(std::string_view command) {
  const std::string reference = "secret exec:" + std::string(command);
  std::vector<std::string> words = words_of(command);
  if (words.empty() || words.front().front() != '/')
    return gov::invalid(reference + ": the program must be named by an absolute path");
  if (const auto trusted = open_trusted(words.front(), ""); !trusted)
    return gov::unavailable(reference + ": " + trusted.status().message());

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return gov::unavailable(reference + ": " + std::strerror(errno));
  const UniqueFd answer(ends[0]);
  UniqueFd theirs(ends[1]);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path, nullptr};
  pid_t child = 0;
  const Actions actions(theirs.get());
  if (const int error = ::posix_spawn(&child, arguments.front(), actions.raw(),
                                      actions.attributes(), arguments.data(), environment);
      error != 0)
    return gov::unavailable(reference + ": " + std::strerror(error));
  theirs.reset();

  std::string text(kMaxPrinted + 1, '\0');
  const auto deadline = Clock::now() + kProgramPatience;
  Ended ended = read_all(answer.get(), deadline, text);
  int status = 0;
  if (ended == Ended::kWell && !ends_by(child, deadline, status)) ended = Ended::kLate;
  if (ended != Ended::kWell) {
    ::kill(-child, SIGKILL);
    status = wait_for(child);
  }
  std::string_view value = text;
  if (value.ends_with('\n')) value.remove_suffix(1);
  auto out = [&]() -> gov::Result<Secret> {
    if (ended == Ended::kLate) return gov::unavailable(reference + ": it took longer than 10 s");
    if (ended == Ended::kLarge) return gov::invalid(reference + " is larger than 64 KiB");
    if (ended == Ended::kBroken)
      return gov::unavailable(reference + ": what it prints is unreadable");
    if (WIFSIGNALED(status))
      return gov::unavailable(reference + ": ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
      return gov::unavailable(reference + ": exit code " + std::to_string(WEXITSTATUS(status)) +
                              "; run it by hand as the host's user to see why");
    if (value.empty()) return gov::unavailable(reference + ": it printed nothing");
    return Secret(value);
  }();
  OPENSSL_cleanse(text.data(), text.capacity());
  return out;
}

}  // namespace govhost::plugin
