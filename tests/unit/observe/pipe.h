// A pipe, for what a writer under test writes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.h"

namespace govhost {

class Pipe {
 public:
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) ADD_FAILURE() << "pipe2";
    read_ = UniqueFd(ends[0]);
    write_ = UniqueFd(ends[1]);
  }

  int input() const { return write_.get(); }
  // Makes the reading end the standard input, in a child.
  void become_input() const { ::dup2(read_.get(), STDIN_FILENO); }
  void close_reader() { read_.reset(); }
  void close_writer() { write_.reset(); }

  // Fills the pipe, so that a writer finds a reader that has stopped; returns how much it took.
  std::size_t fill() const {
    ::fcntl(write_.get(), F_SETFL, O_NONBLOCK);
    std::size_t filled = 0;
    for (ssize_t n = 0; (n = ::write(write_.get(), std::string(4096, '.').data(), 4096)) > 0;)
      filled += static_cast<std::size_t>(n);
    ::fcntl(write_.get(), F_SETFL, 0);
    return filled;
  }

  // Exactly that much, waiting for it; less at the end.
  std::string read(std::size_t bytes) const {
    std::string out(bytes, '\0');
    std::size_t size = 0;
    while (size < bytes) {
      const ssize_t n = ::read(read_.get(), out.data() + size, bytes - size);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      size += static_cast<std::size_t>(n);
    }
    out.resize(size);
    return out;
  }

  // What is there already.
  std::string available() const {
    std::string out;
    for (pollfd ready{read_.get(), POLLIN, 0};
         ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0;) {
      char chunk[4096];
      const ssize_t n = ::read(read_.get(), chunk, sizeof chunk);
      if (n <= 0) break;
      out.append(chunk, static_cast<std::size_t>(n));
    }
    return out;
  }

  // All up to the end: the writer must have been closed everywhere.
  std::string rest() {
    close_writer();
    return available();
  }

 private:
  UniqueFd read_, write_;
};

// The lines of a text that ends with a line break, without them.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      ADD_FAILURE() << "a line without an end: " << text;
      break;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace govhost
