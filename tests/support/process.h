// A child process with pipes, for tests that run the real binary. Every wait has a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/files.h"
#include "support/wire_record.h"

namespace govhost::test {

// Every secret that a test gives to a server has this in it; no text that leaves one may.
inline constexpr std::string_view kCanary = "c4n4ry";

inline constexpr std::chrono::seconds kPatience{20};  // generous: sanitizer builds on busy machines

class Process {
 public:
  Process(std::vector<std::string> command, std::map<std::string, std::string> environment = {});
  ~Process();  // kills what still runs
  Process(const Process&) = delete;

  void write(std::string_view text);
  void close_input();

  // The next line of standard output without its line break; nullopt at the end or after `limit`.
  std::optional<std::string> read_line(std::chrono::milliseconds limit = kPatience);
  // Everything until the end of standard output.
  std::string read_all(std::chrono::milliseconds limit = kPatience);
  // The first line of standard error, past or future, that contains `text`.
  std::optional<std::string> wait_error_line(std::string_view text,
                                             std::chrono::milliseconds limit = kPatience);
  std::string error_text() const;

  void signal(int number) const;
  // The exit code (128 + number when a signal ended it); nullopt when it still runs at the limit.
  std::optional<int> wait(std::chrono::milliseconds limit = kPatience);
  int pid() const { return pid_; }

 private:
  void read_errors(int fd);
  void expect_no_canary() const;

  int pid_ = -1;
  int input_ = -1, output_ = -1;
  std::string pending_;
  std::optional<int> exit_;
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::string errors_;
  bool errors_ended_ = false;
  std::thread reader_;
  std::optional<WireRecord> record_;  // of a server
  std::optional<TempDir> state_;      // likewise, what it keeps beside its configuration
};

// What a command prints and how it ends.
struct Outcome {
  int exit_code = -1;
  std::string out, err;
};
Outcome run(std::vector<std::string> command, std::map<std::string, std::string> environment = {});

}  // namespace govhost::test
