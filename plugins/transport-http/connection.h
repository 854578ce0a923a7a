// One client connection: reads requests, hands them to the host, writes the answers in order.
#pragma once

#include "answer.h"
#include "channel.h"
#include "last_head.h"
#include "mailbox.h"
#include "read_buffer.h"
#include "request.h"
#include "router.h"
#include "sse_registry.h"
#include "sse_session.h"

#include <gov/transport.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace transport_http {

class Loop;
using Clock = std::chrono::steady_clock;

// Lives on its loop's thread; only on_reply() is called from others. A connection answers one
// request at a time; further ones wait in the read buffer and, when that is full, in the kernel.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Channel channel, std::string address, std::string counted_as,
             std::uint64_t id);

  void start();
  // One connection too many: says so and closes.
  void turn_away(std::string_view why);
  // A reply that came from another thread; see Mailbox::Letter.
  void deliver(std::uint64_t ticket, const gov_reply& reply);
  // A message that was posted to this stream, and what the POST is answered with.
  SseOutcome take_message(const SseMessage& message);
  void message_taken(SseOutcome& outcome);
  // Applies the time limits; called about once a second.
  void sweep(Clock::time_point now);
  void drain();  // closes an idle one, and hurries one that is still sending its request
  void close();
  std::uint64_t id() const { return id_; }
  const std::string& counted_as() const { return counted_as_; }

 private:
  enum class Phase {
    kHandshake,  // of TLS
    kHead,       // waiting for a request or reading its head
    kBody,       // reading its body
    kAnswer,     // the host has it
    kLinger      // all is said; what the client still sends is dropped
  };

  // connection.cpp: requests
  void advance();
  bool step();
  bool step_head();
  bool step_body();
  bool route();
  bool act();
  bool fail(unsigned status, std::string_view message);
  bool bad_syntax(const boost::beast::error_code& ec);
  bool read_chunks();
  std::string_view body() const;
  bool serve();
  void finish_request();
  void begin_request();
  void start_parser();

  // connection_answer.cpp: the host's part
  void wait_for_answer();
  void find_client();
  bool submit();
  static void on_reply(void* ctx, const gov_reply* reply) noexcept;
  void send_with(const gov_reply& reply);
  void send_events();
  bool refuse_stream();
  void drop_exchange();
  void finish_answer();

  // connection_sse.cpp: HTTP+SSE
  void find_stream();
  bool open_stream();
  bool post_to_stream();
  void send_session_events();
  void end_session();
  void drop_session();

  // connection_io.cpp: bytes and time
  void handshake();
  void begin();
  void read_more();
  void on_read(const boost::system::error_code& ec, std::size_t bytes);
  bool flush();
  void wait_writable();
  void linger();
  void expire();
  void arm(std::chrono::milliseconds limit) { deadline_ = Clock::now() + limit; }

  Loop& loop_;
  Channel channel_;
  const std::string address_, counted_as_;
  const bool proxied_;          // by a proxy that is trusted
  std::string client_address_;  // of the request at hand, if so
  const std::uint64_t id_;
  std::shared_ptr<const TlsPeer> tls_peer_;  // null: in the clear
  std::vector<gov_str> tls_names_;           // views of it
  gov_peer peer_{};

  Phase phase_ = Phase::kHead;
  bool reading_ = false;  // an asynchronous read is under way
  bool writing_ = false;  // waiting until the socket takes more
  bool closing_ = false;  // nothing is answered any more; closes once all is written
  bool closed_ = false;
  bool input_ended_ = false;
  bool head_begun_ = false;
  bool chunked_ = false;
  bool keeps_alive_ = false;  // the client wants to send further requests

  ReadBuffer in_;
  RequestHead head_;
  LastHead last_head_;
  std::optional<RequestParser> parser_;  // none: the request has not begun, or repeats the last
  std::size_t parsed_ = 0;               // bytes of the head that the parser has consumed
  std::size_t raw_ = 0;                  // bytes behind it that it has consumed as chunks
  std::uint64_t length_ = 0;             // of the body, unless it is chunked
  std::string chunks_;                   // a chunked body, decoded
  Verdict verdict_;
  Frame frame_;
  Answer answer_;
  std::vector<gov_pair> pairs_;

  gov_exchange* exchange_ = nullptr;
  bool submitting_ = false;  // inside submit(); loop's thread only
  bool queued_ = false;      // a reply went through the mailbox
  Backlog backlog_;

  std::unique_ptr<SseSession> sse_;  // while this is a stream of HTTP+SSE
  std::string stream_key_;           // of it
  SseAddress post_to_;               // the stream that the message at hand is for

  std::string out_;
  std::size_t sent_ = 0;      // of out_
  std::size_t progress_ = 0;  // bytes taken since the write deadline was set
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();
  Clock::time_point comment_at_ = Clock::time_point::max();
};

}  // namespace transport_http
