#include "support/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace govhost::test {
namespace {

HttpAnswer parse_head(std::string_view head) {
  HttpAnswer answer;
  answer.status = std::atoi(std::string(head.substr(head.find(' ') + 1, 3)).c_str());
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string_view line =
        head.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
    if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      answer.headers[lower(std::string(line.substr(0, colon)))] = value;
    }
    at = end;
  }
  return answer;
}

}  // namespace

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

HttpConnection::HttpConnection(std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpConnection::~HttpConnection() { ::close(fd_); }

void HttpConnection::send(std::string_view bytes) {
  record_.wrote_http(bytes);
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // the peer closed: what it answered before is read by receive()
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool HttpConnection::fill(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                        deadline - std::chrono::steady_clock::now())
                        .count();
  pollfd p{fd_, POLLIN, 0};
  if (left <= 0 || ::poll(&p, 1, static_cast<int>(left)) <= 0) return false;
  char chunk[65536];
  const ssize_t n = ::recv(fd_, chunk, sizeof chunk, 0);
  if (n <= 0) return false;
  buffer_.append(chunk, static_cast<std::size_t>(n));
  return true;
}

HttpAnswer HttpConnection::receive(std::chrono::milliseconds limit, bool head_only) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill(deadline)) return {};
  HttpAnswer answer = parse_head(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + 4);
  if (!head_only)
    answer.body = body_of(answer, std::chrono::duration_cast<std::chrono::milliseconds>(
                                      deadline - std::chrono::steady_clock::now()));
  return answer;
}

std::string HttpConnection::body_of(const HttpAnswer& head, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline -
                                                                 std::chrono::steady_clock::now());
  };
  const auto field = [&](const char* name) {
    const auto found = head.headers.find(name);
    return found == head.headers.end() ? std::string() : found->second;
  };
  std::string body;
  if (field("transfer-encoding") == "chunked") {
    while (const auto piece = chunk(left())) body += *piece;
    record_.read_http(field("content-type"), body);
    return body;
  }
  const std::size_t length = std::strtoul(field("content-length").c_str(), nullptr, 10);
  while (buffer_.size() < length)
    if (!fill(deadline)) break;
  body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  record_.read_http(field("content-type"), body);
  return body;
}

std::optional<std::string> HttpConnection::chunk(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::size_t line = 0;
  while ((line = buffer_.find("\r\n")) == std::string::npos)
    if (!fill(deadline)) return std::nullopt;
  const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, 16);
  while (buffer_.size() < line + 2 + size + 2)
    if (!fill(deadline)) return std::nullopt;
  std::string piece = buffer_.substr(line + 2, size);
  buffer_.erase(0, line + 2 + size + 2);
  return size == 0 ? std::nullopt : std::optional(std::move(piece));
}

void HttpConnection::begin(std::string_view method, std::string_view target,
                           const HeaderList& headers, std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  const auto named = [&](const char* name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& h) { return lower(h.first) == name; });
  };
  if (!named("host")) text += "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n";
  if (!named("content-length") && (!body.empty() || method == "POST"))
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  send(text + "\r\n" + std::string(body));
}

HttpAnswer HttpConnection::request(std::string_view method, std::string_view target,
                                   const HeaderList& headers, std::string_view body) {
  begin(method, target, headers, body);
  return receive(kPatience, method == "HEAD");
}

bool HttpConnection::closed_by_peer(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (fill(deadline)) buffer_.clear();
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_DONTWAIT) == 0;
}

std::uint16_t port_of(std::string_view url) {
  const std::size_t colon = url.rfind(':');
  return static_cast<std::uint16_t>(std::atoi(std::string(url.substr(colon + 1)).c_str()));
}

}  // namespace govhost::test
