// What an operator may set, checked once.
#pragma once

#include "clients.h"
#include "tls.h"

#include <gov/plugin.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace transport_http {

// The JSON Schema of the options, with their defaults.
extern const char kOptionsSchema[];

struct Options {
  std::string listen;  // as written, for messages
  boost::asio::ip::tcp::endpoint endpoint;
  std::string path;
  std::string sse_path;      // empty: HTTP+SSE is off
  std::string sse_messages;  // where its clients post
  unsigned threads = 1;

  std::size_t max_body = 0;
  std::size_t max_header = 0;
  unsigned max_headers = 0;
  std::size_t max_connections = 0;
  std::size_t max_connections_per_address = 0;
  std::size_t max_buffered = 0;

  std::chrono::milliseconds header_timeout{};
  std::chrono::milliseconds body_timeout{};
  std::chrono::milliseconds idle_timeout{};
  std::chrono::milliseconds write_timeout{};
  std::chrono::milliseconds keepalive_interval{};

  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
  Proxies proxies;
  TlsOptions tls;
};

gov::Result<Options> read_options(const gov::Config& config);

}  // namespace transport_http
