// One message that is answered later than it came in, by whoever is first: the worker, the reaper
// or the client's cancellation.
#pragma once

#include <gov/abi/transport.h>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mcp/reply.h"
#include "mcp/server.h"
#include "plugin/call.h"

namespace govhost {

// A message with its own copy of everything, for when it has to wait.
struct StoredInbound {
  explicit StoredInbound(const gov_inbound& inbound);
  StoredInbound(const StoredInbound&) = delete;

  std::string body, method, target, transport, address, tls_subject;
  std::vector<std::pair<std::string, std::string>> header_texts;
  std::vector<gov_pair> headers;
  gov_peer peer{};
  gov_inbound inbound{};
};

// Where replies go: the transport's callback and what it wants back.
struct ReplyTo {
  void* ctx = nullptr;
  void (*give)(void*, const gov_reply*) = nullptr;

  // Hands over a reply as the last one.
  void deliver(const mcp::Reply& reply, std::string_view correlation_id) const;
};

// Who asked, for logs.
struct Caller {
  plugin::Principal principal;
  std::string address, transport;
};

// Shared by the transport's handle, the worker and the reaper.
class Exchange {
 public:
  Exchange(plugin::Deadline deadline, std::string id, ReplyTo to)
      : correlation_id(std::move(id)), call(deadline, correlation_id), to_(to) {}

  const std::string correlation_id;
  plugin::CallContext call;
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  Caller caller;
  mcp::Work work;                         // what is to be done, unless it is still to be read
  std::unique_ptr<StoredInbound> unread;  // authentication may block: all is done by the worker
  std::string key;                        // in the dispatcher's table of cancellable calls

  // Gives the last reply unless somebody else has ended the exchange; true when it was given.
  bool finish(const mcp::Reply& reply);

  // The client is gone or has cancelled: no reply is given once this has returned.
  void cancel();

 private:
  std::mutex mutex_;
  bool ended_ = false;
  const ReplyTo to_;
};

}  // namespace govhost
