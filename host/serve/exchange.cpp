#include "serve/exchange.h"

#include <gov/status.hpp>

#include <array>

namespace govhost {
namespace {

// How long a client waits before it comes back for the rest of a stream.
constexpr std::uint32_t kRetryMs = 1000;
// Older clients take an event without data for a broken message.
constexpr std::string_view kPrimingSince = "2025-11-25";

std::string text_of(const mcp::Reply& reply) {
  std::string text;
  text.reserve(reply.size());
  for (const std::string_view part : reply.parts()) text += part;
  return text;
}

}  // namespace

using gov::to_c;
using gov::to_cpp;

StoredInbound::StoredInbound(const gov_inbound& in)
    : body(to_cpp(in.body)),
      method(to_cpp(in.method)),
      target(to_cpp(in.target)),
      transport(to_cpp(in.peer->transport)),
      address(to_cpp(in.peer->address)),
      tls_subject(to_cpp(in.peer->tls_subject)) {
  for (std::uint64_t i = 0; i < in.peer->header_count; ++i)
    header_texts.emplace_back(to_cpp(in.peer->headers[i].name), to_cpp(in.peer->headers[i].value));
  for (const auto& [name, value] : header_texts) headers.push_back({to_c(name), to_c(value)});
  if (GOV_HAS(in.peer, tls_name_count))
    for (std::uint64_t i = 0; i < in.peer->tls_name_count; ++i)
      name_texts.emplace_back(to_cpp(in.peer->tls_names[i]));
  for (const std::string& name : name_texts) tls_names.push_back(to_c(name));
  peer = {sizeof peer,
          in.peer->uid,
          to_c(transport),
          to_c(address),
          to_c(tls_subject),
          headers.data(),
          headers.size(),
          tls_names.data(),
          tls_names.size(),
          GOV_HAS(in.peer, flags) ? in.peer->flags : 0,
          0};
  inbound = {sizeof inbound, in.flags,     in.connection, gov::to_bytes(body),
             to_c(method),   to_c(target), &peer};
}

void ReplyTo::deliver(const mcp::Reply& reply, std::string_view correlation_id) const {
  constexpr std::size_t kMaxHeaders = 8;
  std::array<gov_pair, kMaxHeaders> headers{};
  std::size_t count = 0;
  headers[count++] = {to_c("X-Correlation-ID"), to_c(correlation_id)};
  for (const auto& [name, value] : reply.headers)
    if (count < kMaxHeaders) headers[count++] = {to_c(name), to_c(value)};

  std::array<gov_bytes, 3> parts{};
  std::size_t part_count = 0;
  for (const std::string_view part : reply.parts())
    if (!part.empty()) parts[part_count++] = gov::to_bytes(part);
  gov_reply raw{};
  raw.struct_size = sizeof raw;
  raw.flags = GOV_REPLY_LAST;
  raw.outcome = reply.outcome;
  raw.http_status = static_cast<std::uint32_t>(reply.http_status);
  raw.headers = headers.data();
  raw.header_count = count;
  raw.parts = parts.data();
  raw.part_count = part_count;
  give(ctx, &raw);
}

void ReplyTo::message(std::string_view text, std::string_view event_id, std::uint32_t flags,
                      std::string_view correlation_id) const {
  const gov_pair header{to_c("X-Correlation-ID"), to_c(correlation_id)};
  const gov_bytes part = gov::to_bytes(text);
  gov_reply raw{};
  raw.struct_size = sizeof raw;
  raw.flags = flags;
  raw.http_status = 200;
  raw.headers = &header;
  raw.header_count = 1;
  raw.parts = &part;
  raw.part_count = text.empty() ? 0 : 1;
  raw.event_id = to_c(event_id);
  raw.retry_ms = !event_id.empty() && text.empty() ? kRetryMs : 0;
  give(ctx, &raw);
}

void Exchange::adopt(mcp::Work read) {
  bool unwanted = false;
  {
    const std::lock_guard lock(mutex_);
    work = std::move(read);
    unwanted = ended_ && !work.survives_disconnect();
  }
  if (unwanted) cancel();
}

void Exchange::open_idle() {
  const std::lock_guard lock(mutex_);
  idle_ = true;
  if (!ended_) to_.message({}, {}, flags(), correlation_id);
}

void Exchange::be_idle() {
  const std::lock_guard lock(mutex_);
  idle_ = true;
}

void Exchange::be_busy() {
  const std::lock_guard lock(mutex_);
  idle_ = false;
  if (!ended_) to_.message({}, {}, flags(), correlation_id);
}

bool Exchange::follow(const std::shared_ptr<EventStream>& events, std::uint64_t after) {
  if (!bind(events, after)) return false;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;  // what is given from now on are the other exchange's messages
  }
  if (after == 0 && work.version >= kPrimingSince) events->prime();
  return true;
}

// Becomes the one that gets the events, unless the client goes at the same moment.
bool Exchange::bind(const std::shared_ptr<EventStream>& events, std::uint64_t after) {
  {
    const std::lock_guard lock(mutex_);
    events_ = events;
  }
  const bool kept = events->attach(shared_from_this(), after);
  bool gone = false;
  {
    const std::lock_guard lock(mutex_);
    if (!kept) events_.reset();
    gone = ended_;
  }
  if (gone) events->detach(*this);
  return kept;
}

// The stream that keeps what is sent; made with the first message.
std::shared_ptr<EventStream> Exchange::events() {
  std::shared_ptr<EventStream> made;
  {
    const std::lock_guard lock(mutex_);
    if (!store_ || events_) return events_;
    // Nothing has been sent yet, so a client that is gone could not come back for it.
    if (ended_) return nullptr;
    made = store_->create(work.session.key);
  }
  bind(made, 0);
  if (work.version >= kPrimingSince) made->prime();
  return made;
}

bool Exchange::send(std::string_view message) {
  if (const auto kept = events()) return kept->send(message);
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  to_.message(message, {}, flags(), correlation_id);
  return true;
}

void Exchange::end(std::string_view last) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = finished_ = true;
  to_.message(last, {}, GOV_REPLY_LAST, correlation_id);
}

void Exchange::hang_up() {
  if (work.version < kPrimingSince || work.era != mcp::Era::kLegacy) return;
  const auto kept = events();
  if (!kept) return;
  kept->detach(*this);
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = true;
  to_.message({}, {}, GOV_REPLY_LAST, correlation_id);
}

void Exchange::event(std::string_view id, std::string_view text, bool last) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = last;
  to_.message(text, id, last ? std::uint32_t{GOV_REPLY_LAST} : flags(), correlation_id);
}

bool Exchange::unanswered() {
  const std::lock_guard lock(mutex_);
  return !finished_;
}

bool Exchange::finish(const mcp::Reply& reply) {
  std::shared_ptr<EventStream> kept;
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return false;
    finished_ = true;
    kept = events_;
    if (!kept) {
      if (!ended_) to_.deliver(reply, correlation_id);
      ended_ = true;
    }
  }
  if (kept) kept->end(text_of(reply));
  return true;
}

void Exchange::disconnect() {
  std::shared_ptr<EventStream> kept;
  bool survives = false;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    kept = events_;
    survives = work.survives_disconnect();
  }
  if (kept) kept->detach(*this);
  if (!survives) cancel();
}

void Exchange::cancel() {
  call.cancel();
  const std::lock_guard lock(mutex_);
  ended_ = finished_ = true;
}

}  // namespace govhost
