// The open streams of HTTP+SSE and the secrets that clients name them by.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace transport_http {

class Loop;

// Where a stream is served. The connection may have ended when its loop is asked.
struct SseAddress {
  Loop* loop = nullptr;
  std::uint64_t connection = 0;
};

// Usable from any thread: a stream and the POSTs to it are served by different loops.
class SseRegistry {
 public:
  // A new key: 128 random bits in hexadecimal, because whoever knows it can write to the stream.
  // Empty when the system gives no random bits.
  std::string open(SseAddress address);
  void close(const std::string& key);
  std::optional<SseAddress> find(std::string_view key) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, SseAddress> streams_;
};

}  // namespace transport_http
