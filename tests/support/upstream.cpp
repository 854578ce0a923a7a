#include "support/upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "support/http.h"

namespace govhost::test {
namespace {

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

Upstream::Request parse(const std::string& head) {
  Upstream::Request out;
  const std::size_t line = head.find("\r\n");
  const std::size_t first = head.find(' '), second = head.find(' ', first + 1);
  out.method = head.substr(0, first);
  out.target = head.substr(first + 1, second - first - 1);
  for (std::size_t at = line + 2; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::size_t colon = head.find(':', at);
    if (colon < end)
      out.headers[lower(head.substr(at, colon - at))] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  return out;
}

}  // namespace

Upstream::Upstream(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  acceptor_ = std::thread([this] { accept(); });
}

std::vector<Upstream::Failure> Upstream::failures() {
  return {{"500", {500, "oops"}, "answered HTTP 500"},
          {"429", {429, "", {{"Retry-After", "7"}}}, "answered HTTP 429"},
          {"hang", {200, "", {}, How::kHang}, "no answer in time"},
          {"reset", {200, std::string(5000, 'x'), {}, How::kReset}, "127.0.0.1: "},
          {"slow", {200, std::string(5000, 'x'), {}, How::kTrickle}, "no answer in time"},
          {"garbage", {200, "", {}, How::kGarbage}, "127.0.0.1: "}};
}

void Upstream::handle_with(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

Upstream::~Upstream() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  ended_.notify_all();
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(end_, &one, sizeof one);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  ::close(end_);
}

std::string Upstream::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + target;
}

std::vector<Upstream::Request> Upstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void Upstream::accept() {
  for (int connection = 1;; ++connection) {
    pollfd ready[2] = {{listener_, POLLIN, 0}, {end_, POLLIN, 0}};
    ::poll(ready, 2, -1);
    if (ready[1].revents != 0) return;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
    }
    threads_.emplace_back([this, fd, connection] {
      serve(fd, connection);
      const std::lock_guard lock(mutex_);
      open_.erase(std::find(open_.begin(), open_.end(), fd));
      ::close(fd);
    });
  }
}

void Upstream::serve(int fd, int connection) {
  std::string bytes;
  for (;;) {
    std::size_t end = 0;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
      char chunk[4096];
      const ssize_t n = ::recv(fd, chunk, sizeof chunk, 0);
      if (n <= 0) return;
      bytes.append(chunk, static_cast<std::size_t>(n));
    }
    Request request = parse(bytes.substr(0, end));
    request.connection = connection;
    bytes.erase(0, end + 4);
    const std::size_t body =
        static_cast<std::size_t>(std::atoi(request.header("content-length").c_str()));
    while (bytes.size() < body) {
      char chunk[4096];
      const ssize_t n = ::recv(fd, chunk, sizeof chunk, 0);
      if (n <= 0) return;
      bytes.append(chunk, static_cast<std::size_t>(n));
    }
    request.body = bytes.substr(0, body);
    bytes.erase(0, body);
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      handler = handler_;
    }
    if (!write(fd, handler(request), request.method == "HEAD")) return;
  }
}

bool Upstream::wait_end(int milliseconds) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return stopping_; });
}

// Whether the connection lives on.
bool Upstream::write(int fd, const Answer& answer, bool head) {
  if (answer.how == How::kHang) {
    while (!wait_end(1000)) continue;
    return false;
  }
  if (answer.how == How::kGarbage) return send_all(fd, "\x16\x03 this is no HTTP\n\n") && false;
  std::string text = "HTTP/1.1 " + std::to_string(answer.code) + " X\r\n";
  for (const auto& [name, value] : answer.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (answer.code != 304) text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  text += "\r\n";
  // In one piece: two would wait for the peer's delayed acknowledgement.
  if (answer.how == How::kWell) return send_all(fd, head ? text : text + answer.body);
  if (!send_all(fd, text)) return false;
  if (answer.how == How::kReset) {
    send_all(fd, std::string_view(answer.body).substr(0, answer.body.size() / 2));
    const linger hard{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    return false;
  }
  for (const char c : answer.body)
    if (wait_end(5) || !send_all(fd, {&c, 1})) return false;
  return true;
}

}  // namespace govhost::test
