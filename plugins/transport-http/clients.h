// Who the client behind a connection is, and how many connections he has.
#pragma once

#include "network.h"

#include <gov/plugin.hpp>

#include <cstddef>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace transport_http {

// Proxies whose word on who the client is counts. Immutable.
class Proxies {
 public:
  // An error names what is no network.
  static gov::Result<Proxies> create(const std::vector<std::string>& networks);

  // `peer`: "192.0.2.7:4711".
  bool trusts(std::string_view peer) const;

  // The client of a request from a proxy that is trusted, as "203.0.113.9:0": the last address in
  // X-Forwarded-For that is not a trusted proxy's, because what stands before it may be made up.
  // Empty: the header says nothing that can be used.
  std::string client_of(std::span<const gov_pair> headers) const;

 private:
  std::vector<Network> networks_;
};

// Open connections by address, of IPv6 by network of 64 bits, which one host may have all of. As
// large as the number of connections. Thread-safe.
class ClientCounts {
 public:
  // The key to leave with; empty: there are `limit` already.
  std::string enter(std::string_view address, std::size_t limit);
  void leave(const std::string& key);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> open_;
};

}  // namespace transport_http
