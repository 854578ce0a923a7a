#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace govhost::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    read = ends[0];
    write = ends[1];
  }
};

int poll_in(int fd, Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd p{fd, POLLIN, 0};
  return left <= 0 ? 0 : ::poll(&p, 1, static_cast<int>(left));
}

}  // namespace

Process::Process(std::vector<std::string> command, std::map<std::string, std::string> environment) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write, 2);

  const bool serves = command.size() > 1 && command[1] == "serve";
  if (serves && !environment.contains("XDG_STATE_HOME"))
    environment["XDG_STATE_HOME"] = state_.emplace().path().string();
  std::vector<std::string> variables;
  for (char** v = environ; *v; ++v)
    if (!environment.contains(std::string(*v).substr(0, std::strcspn(*v, "="))))
      variables.emplace_back(*v);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> argv, envp;
  for (std::string& a : command) argv.push_back(a.data());
  for (std::string& v : variables) envp.push_back(v.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  if (failed != 0) throw std::runtime_error(command[0] + ": " + std::strerror(failed));
  if (command.size() > 2 && command[1] == "serve" && command[2] != "--help") record_.emplace();
  pid_ = pid;
  input_ = in.write;
  output_ = out.read;
  reader_ = std::thread([this, fd = err.read] { read_errors(fd); });
}

Process::~Process() {
  close_input();
  if (!exit_ && !wait(std::chrono::milliseconds(0))) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(output_);
  reader_.join();
  if (state_) expect_no_canary();
}

// Whatever a test is about: no secret of any test gets into what a server writes.
void Process::expect_no_canary() const {
  EXPECT_EQ(errors_.find(kCanary), std::string::npos) << "a secret was logged:\n" << errors_;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_->path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(text.find(kCanary), std::string::npos) << "a secret is in " << entry.path();
  }
}

void Process::read_errors(int fd) {
  char chunk[4096];
  for (ssize_t n = 0; (n = ::read(fd, chunk, sizeof chunk)) > 0;) {
    {
      const std::lock_guard lock(mutex_);
      errors_.append(chunk, static_cast<std::size_t>(n));
    }
    more_.notify_all();
  }
  ::close(fd);
  const std::lock_guard lock(mutex_);
  errors_ended_ = true;
  more_.notify_all();
}

void Process::write(std::string_view text) {
  if (record_) record_->wrote_lines(text);
  while (!text.empty()) {
    const ssize_t n = ::write(input_, text.data(), text.size());
    if (n < 0)
      throw std::runtime_error(std::string("write to the process: ") + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Process::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (poll_in(output_, deadline) <= 0) return std::nullopt;
    char chunk[65536];
    const ssize_t n = ::read(output_, chunk, sizeof chunk);
    if (n <= 0) return std::nullopt;
    pending_.append(chunk, static_cast<std::size_t>(n));
    if (record_) record_->read_lines({chunk, static_cast<std::size_t>(n)});
  }
}

std::string Process::read_all(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  std::string all = std::move(pending_);
  pending_.clear();
  char chunk[65536];
  while (poll_in(output_, deadline) > 0) {
    const ssize_t n = ::read(output_, chunk, sizeof chunk);
    if (n <= 0) break;
    all.append(chunk, static_cast<std::size_t>(n));
    if (record_) record_->read_lines({chunk, static_cast<std::size_t>(n)});
  }
  return all;
}

std::optional<std::string> Process::wait_error_line(std::string_view text,
                                                    std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  std::optional<std::string> found;
  more_.wait_for(lock, limit, [&] {
    const std::size_t at = errors_.find(text);
    if (at == std::string::npos) return errors_ended_;
    const std::size_t end = errors_.find('\n', at);
    if (end == std::string::npos) return errors_ended_;
    const std::size_t begin = errors_.rfind('\n', at);
    found = errors_.substr(begin == std::string::npos ? 0 : begin + 1,
                           end - (begin == std::string::npos ? 0 : begin + 1));
    return true;
  });
  return found;
}

std::string Process::error_text() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

void Process::signal(int number) const { ::kill(pid_, number); }

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  if (exit_) return exit_;
  // A pidfd becomes readable when the process ends: no polling loop, no sleep.
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  pollfd p{fd, POLLIN, 0};
  ::poll(&p, 1, static_cast<int>(limit.count()));
  ::close(fd);
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_;
}

Outcome run(std::vector<std::string> command, std::map<std::string, std::string> environment) {
  Process process(std::move(command), std::move(environment));
  process.close_input();
  Outcome outcome;
  outcome.out = process.read_all();
  outcome.exit_code = process.wait().value_or(-1);
  process.wait_error_line("\x01");  // until the end of standard error
  outcome.err = process.error_text();
  return outcome;
}

}  // namespace govhost::test
