// HTTP+SSE of MCP 2024-11-05: one client whose messages come by POST, on any connection, and whose
// answers go out on the one stream that it keeps open.
#pragma once

#include "mailbox.h"
#include "tls.h"

#include <gov/transport.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace transport_http {

class Loop;

// A message on its way from the loop of the POST to the loop of the stream: a copy, because the
// POST's buffer stays behind.
class SseMessage {
 public:
  SseMessage(std::string_view body, std::span<const gov_pair> headers, std::string_view address,
             std::shared_ptr<const TlsPeer> tls_peer);
  SseMessage(const SseMessage&) = delete;

  // As on stdio: the connection stands for the client. Views of this object.
  gov_inbound inbound(std::uint64_t connection) const;

 private:
  std::string body_;
  std::string address_;
  std::string text_;  // of the headers
  std::vector<gov_pair> headers_;
  const std::shared_ptr<const TlsPeer> tls_peer_;
  std::vector<gov_str> tls_names_;
  gov_peer peer_{};
};

// What the POST is answered with.
struct SseOutcome {
  unsigned status = 202;
  std::string message{};                // of the transport's own refusal
  std::optional<OwnedReply> refusal{};  // the host's
};

// The exchanges of one stream. Lives on the stream's loop, so that the host never sees two messages
// of a client at once, nor one after the client's end; only on_reply() is called from other
// threads.
class SseSession {
 public:
  // `out` is the connection's output; replies of other threads are counted in `backlog` and come
  // back by deliver().
  SseSession(Loop& loop, std::uint64_t connection, bool chunked, std::string& out,
             Backlog& backlog);
  SseSession(const SseSession&) = delete;

  SseOutcome submit(const SseMessage& message);
  void deliver(std::uint64_t ticket, const gov_reply& reply);
  // Whether an exchange is in flight that is not idle.
  bool busy() const { return in_flight_ > 0; }
  // Lets go of everything; nothing may be asked of the session afterwards.
  void close();

 private:
  // The context of one message's replies; reused for later messages.
  struct Slot {
    SseSession* session = nullptr;
    std::uint64_t ticket = 0;  // its place in slots_, counted from 1
    gov_exchange* exchange = nullptr;
    bool submitting = false;  // used by the loop's thread only
    bool begun = false;       // some reply has come inside submit()
    bool done = false;        // the last one has
    bool queued = false;      // some reply went through the mailbox: later ones must follow it
    bool idle = false;        // not counted in flight
  };

  static void on_reply(void* ctx, const gov_reply* reply) noexcept;
  void reply_at_once(Slot& slot, const gov_reply& reply);
  void write(const gov_reply& reply);
  void count(Slot& slot, bool idle);
  Slot& free_slot();
  void recycle(Slot& slot);

  Loop& loop_;
  const std::uint64_t connection_;
  const bool chunked_;
  std::string& out_;
  Backlog& backlog_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
  std::size_t in_flight_ = 0;  // without the idle ones
  std::optional<OwnedReply> refusal_;
};

}  // namespace transport_http
