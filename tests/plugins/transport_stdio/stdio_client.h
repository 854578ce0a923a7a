// The built plugin, serving streams that are in the test's hands.
#pragma once

#include "fake_host.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <csignal>
#include <future>
#include <optional>

namespace transport_tests {

class Stdio {
 public:
  enum class Kind { kPipes, kSockets };

  explicit Stdio(gov::testing::Config config = {}, Kind kind = Kind::kPipes) {
    std::signal(SIGPIPE, SIG_IGN);  // as the host does
    int in[2], out[2];
    if (kind == Kind::kPipes) {
      EXPECT_EQ(pipe2(in, O_CLOEXEC), 0);
      EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    } else {
      EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in), 0);
      EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out), 0);
    }
    streams_ = {sizeof streams_, in[0], out[1], 0};
    to_ = in[1];
    from_ = out[0];
    host_.services[GOV_SERVICE_STDIO] = &streams_;
    plugin_.emplace(gov::testing::Loaded::open(TRANSPORT_SO, "stdio", host_, config));
    running_ = std::async(std::launch::async, [this] {
      return plugin_->transport().run(
          plugin_->instance(), call_.raw(), host.raw(), this,
          [](void* ctx, gov_str text) { static_cast<Stdio*>(ctx)->endpoint_ = gov::to_cpp(text); },
          plugin_->error());
    });
  }
  ~Stdio() {
    close_input();
    close_output();
    if (running_.valid()) running_.wait();
    close(streams_.input);
    close(streams_.output);
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::write(to_, text.data(), text.size());
      ASSERT_GT(n, 0);
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // The next line, or "<end>" at the end of the stream, or "<nothing>" after ten seconds.
  std::string line() {
    for (;;) {
      const std::size_t newline = received_.find('\n');
      if (newline != std::string::npos) {
        std::string found = received_.substr(0, newline);
        received_.erase(0, newline + 1);
        return found;
      }
      pollfd ready{from_, POLLIN, 0};
      if (poll(&ready, 1, 20'000) <= 0) return "<nothing>";
      std::string chunk(1u << 16u, '\0');
      const ssize_t n = read(from_, chunk.data(), chunk.size());
      if (n <= 0) return "<end>";
      received_.append(chunk, 0, static_cast<std::size_t>(n));
    }
  }
  std::vector<std::string> lines(std::size_t n) {
    std::vector<std::string> found;
    while (found.size() < n) found.push_back(line());
    return found;
  }
  void close_input() {
    if (to_ >= 0) close(to_);
    to_ = -1;
  }
  void close_output() {
    if (from_ >= 0) close(from_);
    from_ = -1;
  }
  // What run() returned.
  gov_status result() {
    if (running_.wait_for(std::chrono::seconds(20)) != std::future_status::ready) return -1;
    return running_.get();
  }
  bool still_running() const {
    return running_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  }
  void cancel() { call_.cancel(); }
  void drain() { plugin_->transport().drain(plugin_->instance()); }
  const std::string& endpoint() const { return endpoint_; }
  const gov_stdio_v1& streams() const { return streams_; }
  const char* error() { return plugin_->error()->message; }

  FakeHost host;

 private:
  gov::testing::Host host_;
  gov_stdio_v1 streams_{};
  int to_ = -1, from_ = -1;
  std::string received_, endpoint_;
  gov::testing::Call call_;
  std::optional<gov::testing::Loaded> plugin_;
  std::future<gov_status> running_;
};

}  // namespace transport_tests
