#include "serve/exchange.h"

#include <gov/status.hpp>

#include <array>

namespace govhost {

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
  peer = {sizeof peer,       in.peer->uid,   to_c(transport), to_c(address),
          to_c(tls_subject), headers.data(), headers.size()};
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
  const gov_reply raw{
      sizeof raw,     GOV_REPLY_LAST, reply.outcome, static_cast<std::uint32_t>(reply.http_status),
      headers.data(), count,          parts.data(),  part_count};
  give(ctx, &raw);
}

bool Exchange::finish(const mcp::Reply& reply) {
  const std::lock_guard lock(mutex_);
  if (ended_) return false;
  ended_ = true;
  to_.deliver(reply, correlation_id);
  return true;
}

void Exchange::cancel() {
  call.cancel();
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

}  // namespace govhost
