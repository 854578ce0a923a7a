// One request and the host: its message is submitted, and what comes back is written.
#include "connection.h"

#include "loop.h"

#include <gov/transport.hpp>

#include <algorithm>

namespace transport_http {
namespace {

Streams streams(const Accepts& accepts, bool listens) {
  if (listens) return accepts.stream_by_get() ? Streams::kAlways : Streams::kNever;
  if (!accepts.stream()) return Streams::kNever;
  return accepts.prefers_stream() ? Streams::kAlways : Streams::kWhereNeeded;
}

}  // namespace

void Connection::wait_for_answer() {
  phase_ = Phase::kAnswer;
  deadline_ = Clock::time_point::max();  // how long the host may take is the host's decision
}

// Behind a proxy each request may be of another client.
void Connection::find_client() {
  client_address_ = loop_.options().proxies.client_of(pairs_);
  peer_.address = gov::to_c(client_address_.empty() ? address_ : client_address_);
}

bool Connection::submit() {
  const char* const base = in_.data();
  const bool post = head_.method() == http::verb::post;
  head_.pairs(base, pairs_);
  if (proxied_) find_client();
  peer_.headers = pairs_.data();
  peer_.header_count = pairs_.size();
  gov_inbound inbound{};
  inbound.struct_size = sizeof inbound;
  inbound.connection = id_;
  inbound.body = gov::to_bytes(post ? body() : std::string_view());
  inbound.method = gov::to_c(head_.method_text(base));
  inbound.target = gov::to_c(Router::path_of(head_.target(base)));
  inbound.peer = &peer_;

  wait_for_answer();
  answer_.begin(frame_, streams(verdict_.accepts, verdict_.listens));
  if (out_.empty()) out_.swap(loop_.spare());
  queued_ = false;
  submitting_ = true;
  gov_exchange* exchange = nullptr;
  loop_.dispatch().submit(inbound, this, &Connection::on_reply, &exchange);
  submitting_ = false;
  exchange_ = exchange;
  if (answer_.done()) {
    finish_answer();
    return true;
  }
  if (answer_.refused()) return refuse_stream();
  if (exchange_) {
    comment_at_ = Clock::now() + loop_.options().keepalive_interval;
    return false;
  }
  // All replies have been given: by another thread, or the host is at fault.
  if (queued_) return false;
  if (!answer_.begun()) return fail(500, "no answer was given");
  frame_.keep_alive = false;
  finish_request();
  return true;
}

void Connection::on_reply(void* ctx, const gov_reply* reply) noexcept {
  Connection& self = *static_cast<Connection*>(ctx);
  // Replies of one exchange never overlap, so queued_ needs no lock.
  if (self.loop_.here() && self.submitting_ && !self.queued_) {
    if (self.answer_.add_head(*reply, self.out_)) self.send_with(*reply);
    return;
  }
  self.queued_ = true;
  self.backlog_.add(*reply);
  // Kept alive here: the loop may end as soon as the last reply is in.
  const std::shared_ptr<Mailbox> mailbox = self.loop_.mailbox();
  mailbox->put(self.id_, 0, *reply);
}

// What the host keeps written goes from there to the kernel, without a copy between; only what the
// kernel does not take at once is kept.
void Connection::send_with(const gov_reply& reply) {
  constexpr std::size_t kMaxPieces = 8;
  if (writing_ || channel_.secure() || reply.part_count >= kMaxPieces)
    return append_body(out_, reply);
  iovec pieces[kMaxPieces] = {{out_.data() + sent_, out_.size() - sent_}};
  for (std::uint64_t i = 0; i < reply.part_count; ++i)
    pieces[i + 1] = {const_cast<std::uint8_t*>(reply.parts[i].ptr), reply.parts[i].len};
  const ssize_t n =
      channel_.write_some(std::span(pieces, static_cast<std::size_t>(reply.part_count) + 1));
  std::size_t sent = n > 0 ? static_cast<std::size_t>(n) : 0;  // an error is met again by flush()
  progress_ += sent;
  const std::size_t head = std::min(sent, out_.size() - sent_);
  sent_ += head;
  sent -= head;
  for (std::uint64_t i = 0; i < reply.part_count; ++i) {
    const std::string_view part = gov::to_cpp(reply.parts[i]);
    const std::size_t done = std::min(sent, part.size());
    out_.append(part.substr(done));
    sent -= done;
  }
}

void Connection::deliver(std::uint64_t ticket, const gov_reply& reply) {
  backlog_.remove(reply);
  if (closed_ || phase_ != Phase::kAnswer) return;
  if (sse_) {
    sse_->deliver(ticket, reply);
    return send_session_events();
  }
  if (loop_.draining()) frame_.keep_alive = false;
  answer_.add(reply, out_);
  if (answer_.done()) {
    finish_answer();
    return advance();
  }
  if (answer_.refused()) {
    refuse_stream();
    return advance();
  }
  send_events();
}

void Connection::send_events() {
  comment_at_ = Clock::now() + loop_.options().keepalive_interval;
  flush();
  if (closed_) return;
  // A client that reads more slowly than the stream grows would fill the memory.
  if (backlog_.overflown() || out_.size() - sent_ > loop_.options().max_buffered) close();
}

// The connection ends with it: replies that are on their way must not meet another request.
bool Connection::refuse_stream() {
  drop_exchange();
  return fail(406,
              "this is answered by an event stream only, and Accept does not name "
              "text/event-stream");
}

void Connection::drop_exchange() {
  if (!exchange_) return;
  loop_.dispatch().cancel(exchange_);
  loop_.dispatch().release(exchange_);
  exchange_ = nullptr;
}

void Connection::finish_answer() {
  if (exchange_) loop_.dispatch().release(exchange_);
  exchange_ = nullptr;
  finish_request();
}

}  // namespace transport_http
