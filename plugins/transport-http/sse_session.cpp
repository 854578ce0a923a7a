#include "sse_session.h"

#include "event.h"
#include "loop.h"

#include <utility>

namespace transport_http {
namespace {

// Messages of one client being answered at the same time.
constexpr std::size_t kMaxInFlight = 64;

// These say that the message was not looked at, and some of them carry headers that only the answer
// to the POST can bring to the client (WWW-Authenticate, Retry-After).
bool refuses(const gov_reply& reply) {
  return gov::is_last(reply) && (reply.http_status == 401 || reply.http_status == 403 ||
                                 reply.http_status == 429 || reply.http_status == 503);
}

}  // namespace

SseMessage::SseMessage(std::string_view body, std::span<const gov_pair> headers,
                       std::string_view address, std::shared_ptr<const TlsPeer> tls_peer)
    : body_(body), address_(address), tls_peer_(std::move(tls_peer)) {
  std::size_t size = 0;
  for (const gov_pair& h : headers) size += static_cast<std::size_t>(h.name.len + h.value.len);
  text_.reserve(size);  // so that the views stay right
  const auto keep = [this](const gov_str& s) {
    const std::size_t at = text_.size();
    text_ += gov::to_cpp(s);
    return gov::to_c(std::string_view(text_).substr(at));
  };
  headers_.reserve(headers.size());
  for (const gov_pair& h : headers) {
    const gov_str name = keep(h.name);
    headers_.push_back({name, keep(h.value)});
  }
  peer_.struct_size = sizeof peer_;
  peer_.uid = GOV_NO_UID;
  peer_.transport = gov::to_c("http");
  peer_.address = gov::to_c(address_);
  peer_.tls_subject = gov::to_c("");
  peer_.headers = headers_.data();
  peer_.header_count = headers_.size();
  describe(tls_peer_.get(), tls_names_, peer_);
}

gov_inbound SseMessage::inbound(std::uint64_t connection) const {
  gov_inbound inbound{};
  inbound.struct_size = sizeof inbound;
  inbound.flags = GOV_INBOUND_SESSION;
  inbound.connection = connection;
  inbound.body = gov::to_bytes(body_);
  inbound.method = gov::to_c("");
  inbound.target = gov::to_c("");
  inbound.peer = &peer_;
  return inbound;
}

SseSession::SseSession(Loop& loop, std::uint64_t connection, bool chunked, std::string& out,
                       Backlog& backlog)
    : loop_(loop), connection_(connection), chunked_(chunked), out_(out), backlog_(backlog) {}

SseOutcome SseSession::submit(const SseMessage& message) {
  if (in_flight_ >= kMaxInFlight) {
    return {429, std::to_string(kMaxInFlight) +
                     " messages of this stream are being answered; wait for some of the answers"};
  }
  const gov_inbound inbound = message.inbound(connection_);
  Slot& slot = free_slot();
  ++in_flight_;
  slot.submitting = true;
  gov_exchange* exchange = nullptr;
  loop_.dispatch().submit(inbound, &slot, &SseSession::on_reply, &exchange);
  slot.submitting = false;
  slot.exchange = exchange;
  // Without an exchange nothing more comes, whatever the host has or has not said.
  if (slot.done || (!exchange && !slot.queued)) recycle(slot);
  SseOutcome outcome;
  outcome.refusal = std::exchange(refusal_, std::nullopt);
  return outcome;
}

void SseSession::on_reply(void* ctx, const gov_reply* reply) noexcept {
  Slot& slot = *static_cast<Slot*>(ctx);
  SseSession& self = *slot.session;
  if (self.loop_.here() && slot.submitting && !slot.queued) return self.reply_at_once(slot, *reply);
  slot.queued = true;
  self.backlog_.add(*reply);
  // Kept alive here: the loop may end as soon as the last reply is in.
  const std::shared_ptr<Mailbox> mailbox = self.loop_.mailbox();
  mailbox->put(self.connection_, slot.ticket, *reply);
}

void SseSession::reply_at_once(Slot& slot, const gov_reply& reply) {
  slot.done = gov::is_last(reply);
  if (!std::exchange(slot.begun, true) && refuses(reply)) {
    refusal_.emplace(reply);
    return;
  }
  write(reply);
  if (!slot.done) count(slot, gov::is_idle(reply));
}

void SseSession::deliver(std::uint64_t ticket, const gov_reply& reply) {
  Slot& slot = *slots_[ticket - 1];
  write(reply);
  if (gov::is_last(reply)) {
    recycle(slot);
  } else {
    count(slot, gov::is_idle(reply));
  }
}

// Events without data are left out: clients of that age take them for JSON.
void SseSession::write(const gov_reply& reply) {
  if (reply.part_count > 0) Event(reply).append_chunk(out_, chunked_);
}

void SseSession::count(Slot& slot, bool idle) {
  if (slot.idle == idle) return;
  slot.idle = idle;
  idle ? --in_flight_ : ++in_flight_;
}

SseSession::Slot& SseSession::free_slot() {
  if (free_.empty()) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->session = this;
    slots_.back()->ticket = slots_.size();
    return *slots_.back();
  }
  Slot& slot = *free_.back();
  free_.pop_back();
  return slot;
}

void SseSession::recycle(Slot& slot) {
  if (slot.exchange) loop_.dispatch().release(slot.exchange);
  count(slot, true);
  slot = Slot{this, slot.ticket};
  free_.push_back(&slot);
}

void SseSession::close() {
  for (const auto& slot : slots_) {
    if (!slot->exchange) continue;
    loop_.dispatch().cancel(slot->exchange);
    loop_.dispatch().release(slot->exchange);
    slot->exchange = nullptr;
  }
}

}  // namespace transport_http
