// A client of HTTP+SSE (MCP 2024-11-05): a stream, and POSTs on connections of their own.
#pragma once

#include "server.h"

namespace transport_tests {

inline gov::testing::Config with_sse(int threads = 2) {
  gov::testing::Config config;
  config.set("sse_path", "/sse").set("threads", threads);
  return config;
}

class SseClient {
 public:
  explicit SseClient(const Server& server, std::string_view headers = "",
                     std::string_view path = "/sse")
      : port_(server.port()), stream_(port_) {
    EXPECT_TRUE(stream_.send("GET " + std::string(path) +
                             " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" +
                             std::string(headers) + "\r\n"));
    head_ = stream_.read_head();
    if (head_.status != 200) return;
    const std::string first = stream_.read_chunk();
    const std::string_view begin = "event: endpoint\ndata: ";
    EXPECT_TRUE(first.starts_with(begin) && first.ends_with("\n\n")) << first;
    endpoint_ = first.substr(begin.size(), first.size() - begin.size() - 2);
  }

  const Response& head() const { return head_; }
  const std::string& endpoint() const { return endpoint_; }
  Client& stream() { return stream_; }
  // What the POST of a message is answered with.
  Response post(std::string_view body, std::string_view headers = "") const {
    Client client(port_);
    EXPECT_TRUE(client.post(body, headers, endpoint_));
    return client.read();
  }
  // The data of the next event with a message.
  std::string message() {
    std::string chunk = stream_.read_chunk();
    const std::string_view begin = "event: message\ndata: ";
    if (!chunk.starts_with(begin) || !chunk.ends_with("\n\n")) return "<" + chunk + ">";
    return chunk.substr(begin.size(), chunk.size() - begin.size() - 2);
  }

 private:
  const std::uint16_t port_;
  Client stream_;
  Response head_;
  std::string endpoint_;
};

}  // namespace transport_tests
