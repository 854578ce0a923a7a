// A blocking HTTP client that sends exactly the bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace transport_tests {

// What follows the target of a request that is sent by hand, without an end of its headers.
inline constexpr const char* kHead = " HTTP/1.1\r\nHost: localhost\r\n";

struct Response {
  int status = 0;  // 0: the connection ended, -1: nothing came
  std::string status_line;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // without chunk framing
  bool chunked = false;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Client(const Client&) = delete;
  ~Client() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void half_close() { shutdown(fd_, SHUT_WR); }

  // False when the server does not take it any more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  bool post(std::string_view body, std::string_view more = "", std::string_view path = "/mcp") {
    return send(post_text(body, more, path));
  }
  static std::string post_text(std::string_view body, std::string_view more = "",
                               std::string_view path = "/mcp") {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           "Accept: application/json, text/event-stream\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
  }

  // The next response with its whole body.
  Response read(bool without_body = false) {
    Response r = read_head();
    if (r.status <= 0 || without_body || r.status == 204 || r.status == 100) return r;
    if (r.chunked) {
      for (;;) {
        const std::string chunk = read_chunk();
        if (chunk.empty()) return r;
        r.body += chunk;
      }
    }
    const std::string length = r.header("content-length");
    if (length.empty()) {
      while (fill()) {
      }
      r.body = std::move(received_);
      received_.clear();
    } else {
      r.body = take(std::stoul(length));
    }
    return r;
  }
  // Only the head: the body is a stream.
  Response read_head() {
    Response r;
    std::size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return r.status = timed_out_ ? -1 : 0, r;
    }
    std::string_view head = std::string_view(received_).substr(0, end + 2);
    r.status_line = head.substr(0, head.find("\r\n"));
    r.status = std::stoi(r.status_line.substr(9, 3));
    head.remove_prefix(r.status_line.size() + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(line.size() + 2);
      std::string name(line.substr(0, line.find(':')));
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      EXPECT_FALSE(r.headers.contains(name) && name != "x-many") << "twice: " << name;
      r.headers[name] = line.substr(std::min(line.find(':') + 2, line.size()));
    }
    r.chunked = r.header("transfer-encoding") == "chunked";
    received_.erase(0, end + 4);
    return r;
  }
  // One chunk of a chunked body; empty at its end.
  std::string read_chunk() {
    std::size_t end;
    while ((end = received_.find("\r\n")) == std::string::npos) {
      if (!fill()) return timed_out_ ? "<nothing>" : "<ended>";
    }
    const std::size_t size = std::stoul(received_.substr(0, end), nullptr, 16);
    take(end + 2);
    std::string chunk = take(size);
    EXPECT_EQ(take(2), "\r\n");
    return chunk;
  }
  // Bytes until the end of a text, for streams without chunks.
  std::string read_until(std::string_view mark) {
    std::size_t at;
    while ((at = received_.find(mark)) == std::string::npos) {
      if (!fill()) return "<ended>";
    }
    return take(at + mark.size());
  }
  // Whether the server closes without sending anything more.
  bool ended() { return received_.empty() && !fill() && !timed_out_; }
  // Whether nothing comes for a while.
  bool silent(int milliseconds) {
    pollfd ready{fd_, POLLIN, 0};
    return received_.empty() && poll(&ready, 1, milliseconds) == 0;
  }

 private:
  bool fill() {
    pollfd ready{fd_, POLLIN, 0};
    timed_out_ = poll(&ready, 1, 20'000) == 0;
    if (timed_out_) return false;
    char chunk[65536];
    const ssize_t n = recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0) return false;
    received_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }
  std::string take(std::size_t n) {
    while (received_.size() < n && fill()) {
    }
    n = std::min(n, received_.size());
    std::string taken = received_.substr(0, n);
    received_.erase(0, n);
    return taken;
  }

  int fd_ = -1;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string received_;
};

}  // namespace transport_tests
