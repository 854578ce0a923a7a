// One connection to the outside at a time, kept alive between requests.
#pragma once

#include <gov/abi.h>
#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "egress/address.h"
#include "egress/curl.h"
#include "plugin/http_client.h"

namespace govhost::egress {

// What the operator set for all plugins.
struct Settings {
  std::string proxy, no_proxy;  // the environment's proxies are never used
  std::string ca_file;          // PEM; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};              // of one request
  std::uint64_t max_response = std::uint64_t{64} << 20u;  // bytes, decompressed
  Networks allowed;                                       // beside what is public
};

struct Exchange {
  std::string method, url;
  std::vector<std::string> headers;  // "Name: value"
  std::string_view body;
  std::uint64_t max_bytes = 0;
  bool any_address = false;  // the operator named the address
};

struct Seen {
  unsigned code = 0;
  std::uint64_t bytes = 0;
  bool reused = false;  // the connection
};

// One thread at a time.
class Session {
 public:
  static gov::Result<std::unique_ptr<Session>> make(const Curl& curl, const Settings& settings);
  ~Session();
  Session(const Session&) = delete;

  using OnHead = std::function<gov::Status(
      unsigned code, const std::vector<std::pair<std::string, std::string>>&)>;

  // `seen` is filled as far as it came.
  gov::Status perform(const Exchange& exchange, const gov_call& call, const OnHead& on_head,
                      const plugin::HttpClient::OnBody& on_body, Seen& seen);

 private:
  struct Transfer;  // of one perform()
  Session(const Curl& curl, const Settings& settings) : curl_(curl), settings_(settings) {}
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_.easy_setopt(easy_, option, value);
  }
  void set_up(Transfer& transfer);
  gov::Status run(Transfer& transfer, const gov_call& call);
  gov::Status outcome(const Transfer& transfer, CURLcode code) const;

  const Curl& curl_;
  const Settings& settings_;
  CURL* easy_ = nullptr;
  CURLM* multi_ = nullptr;  // holds the connections
};

}  // namespace govhost::egress
