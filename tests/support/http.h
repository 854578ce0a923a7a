// A small blocking HTTP/1.1 client: says exactly what it is told, reads exactly what comes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/wire_record.h"

namespace govhost::test {

struct HttpAnswer {
  int status = 0;                              // 0: no answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // chunks joined
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// One connection to 127.0.0.1.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;

  void send(std::string_view bytes);
  // `head_only`: of HEAD, whose Content-Length announces a body that does not come.
  HttpAnswer receive(std::chrono::milliseconds limit = kPatience, bool head_only = false);
  // The rest of an answer of which only the head was received.
  std::string body_of(const HttpAnswer& head, std::chrono::milliseconds limit = kPatience);
  HttpAnswer request(std::string_view method, std::string_view target, const HeaderList& headers,
                     std::string_view body);
  // The same without waiting for the answer.
  void begin(std::string_view method, std::string_view target, const HeaderList& headers,
             std::string_view body);
  // The next piece of a chunked body whose head has been received; nullopt at its end, when the
  // peer has closed or after `limit`.
  std::optional<std::string> chunk(std::chrono::milliseconds limit = kPatience);
  // Whether the peer has closed and nothing is left to read.
  bool closed_by_peer(std::chrono::milliseconds limit = kPatience);
  WireRecord& record() { return record_; }

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  int fd_ = -1;
  std::uint16_t port_;
  std::string buffer_;
  WireRecord record_;
};

std::string lower(std::string text);  // ASCII

// The port of "http://127.0.0.1:8080/mcp".
std::uint16_t port_of(std::string_view url);

}  // namespace govhost::test
