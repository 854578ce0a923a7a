// One message that is answered later than it came in, by whoever is first: the worker, the reaper
// or the client's cancellation.
#pragma once

#include <gov/abi/transport.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/reply.h"
#include "mcp/server.h"
#include "plugin/call.h"
#include "serve/event_store.h"

namespace govhost {

// A message with its own copy of everything, for when it has to wait.
struct StoredInbound {
  explicit StoredInbound(const gov_inbound& inbound);
  StoredInbound(const StoredInbound&) = delete;

  std::string body, method, target, transport, address, tls_subject;
  std::vector<std::pair<std::string, std::string>> header_texts;
  std::vector<gov_pair> headers;
  std::vector<std::string> name_texts;
  std::vector<gov_str> tls_names;
  gov_peer peer{};
  gov_inbound inbound{};
};

// Where replies go: the transport's callback and what it wants back.
struct ReplyTo {
  void* ctx = nullptr;
  void (*give)(void*, const gov_reply*) = nullptr;

  // Hands over a reply as the last one.
  void deliver(const mcp::Reply& reply, std::string_view correlation_id) const;
  // One message of a stream; `event_id` may be empty. Both empty: the stream opens.
  void message(std::string_view text, std::string_view event_id, std::uint32_t flags,
               std::string_view correlation_id) const;
};

// Who asked, for logs.
struct Caller {
  plugin::Principal principal;
  std::string address, transport;
};

// The same for a line of the log.
struct CallerView {
  std::string_view transport, address, subject, method, credential;

  CallerView(const Caller& caller)  // NOLINT(google-explicit-constructor): a view of it
      : transport(caller.transport), address(caller.address) {
    show(caller.principal);
  }
  explicit CallerView(const gov_peer& peer)
      : transport(gov::to_cpp(peer.transport)), address(gov::to_cpp(peer.address)) {}
  CallerView(const gov_peer& peer, const plugin::Principal& principal) : CallerView(peer) {
    show(principal);
  }

 private:
  void show(const plugin::Principal& principal) {
    subject = principal.subject;
    method = principal.method;
    credential = principal.credential;
  }
};

// Shared by the transport's handle, the worker and the reaper.
class Exchange final : public mcp::Stream,
                       public EventSink,
                       public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(plugin::Deadline deadline, std::string id, ReplyTo to)
      : correlation_id(std::move(id)), call(deadline, correlation_id), to_(to) {}

  const std::string correlation_id;
  plugin::CallContext call;
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  Caller caller;
  mcp::Work work;                         // what is to be done, unless it is still to be read
  std::unique_ptr<mcp::Batch> batch;      // several things to be done instead
  std::unique_ptr<StoredInbound> unread;  // authentication may block: all is done by the worker
  std::string key;                        // in the dispatcher's table of cancellable calls
  int rounds = 0;                         // questions to the client so far

  // In the dispatcher's places of callers; set before it is worked on, or by the worker that learns
  // who asks.
  std::string caller_key;

  std::atomic<bool> counted{false};  // among the exchanges that a worker may still touch
  std::atomic<bool> placed{false};   // has one of max_in_flight places
  std::atomic<bool> parked{false};   // waits for its client's answers, and for nothing else

  // What is to be done, now that it is read: the client may go at the same time.
  void adopt(mcp::Work read);

  // From here on messages can be fetched again: a legacy session over HTTP.
  void keep_events(EventStore& store) { store_ = &store; }
  // A stream that stays open, or a call that waits for its client: no work in flight, so that a
  // transport whose client is leaving need not wait for it. open_idle() and be_busy() tell the
  // transport at once, be_idle() with the next message.
  void open_idle();
  void be_idle();
  void be_busy();
  // Takes over what another connection had.
  bool follow(const std::shared_ptr<EventStream>& events, std::uint64_t after);

  bool send(std::string_view message) override;
  void end(std::string_view last) override;
  void hang_up() override;
  void event(std::string_view id, std::string_view text, bool last) override;

  // Whether finish() would give a reply now.
  bool unanswered();
  // Gives the last reply unless somebody else has ended the exchange; true when it was given.
  bool finish(const mcp::Reply& reply);

  // The client is gone: nothing is given to the transport once this has returned. Work that
  // survives a disconnect goes on.
  void disconnect();
  // Nobody wants the answer any more.
  void cancel();

 private:
  std::shared_ptr<EventStream> events();
  bool bind(const std::shared_ptr<EventStream>& events, std::uint64_t after);
  std::uint32_t flags() const { return idle_ ? std::uint32_t{GOV_REPLY_IDLE} : 0; }

  std::mutex mutex_;
  bool finished_ = false;  // an answer was given or is not wanted
  bool ended_ = false;     // the transport has had its last reply or is gone
  bool idle_ = false;
  EventStore* store_ = nullptr;
  std::shared_ptr<EventStream> events_;
  const ReplyTo to_;
};

}  // namespace govhost
