// Writing to a descriptor that somebody else may share, without ever blocking on its reader.
#pragma once

#include <cstddef>
#include <string_view>

namespace transport_stdio {

// O_NONBLOCK belongs to the open file and would leak to whoever shares it (a terminal, a log on
// `2>&1`), so a pipe is opened a second time and a socket is written with MSG_DONTWAIT. One thread.
class Output {
 public:
  enum class Outcome { kWritten, kWouldBlock, kGone };

  explicit Output(int fd);
  Output(const Output&) = delete;
  ~Output();

  // Writes a prefix of `data` and says how much.
  Outcome write(std::string_view data, std::size_t& written);
  int fd() const { return fd_; }

 private:
  enum class Way { kNonBlocking, kSocket, kSharedPipe, kBlocking };

  int fd_;
  bool owned_ = false;
  Way way_ = Way::kBlocking;
};

}  // namespace transport_stdio
