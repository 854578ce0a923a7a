#include "serve/port.h"

#include <algorithm>
#include <chrono>

#include "core/random.h"

namespace govhost {
namespace {

// The client's own id where it is harmless in headers and logs, else a new one.
std::string correlation_id_of(const gov_peer& peer) {
  constexpr std::size_t kMaxLength = 64;
  const auto given = mcp::Headers(peer).find("x-correlation-id");
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (given && !given->empty() && given->size() <= kMaxLength &&
      std::all_of(given->begin(), given->end(), harmless))
    return std::string(*given);
  return new_uuid7();
}

}  // namespace

Port::Port(Dispatcher& dispatcher, std::uint64_t index)
    : dispatcher_(dispatcher), base_(index << 48u) {
  table_ = {sizeof table_,
            0,
            this,
            [](void* ctx, const gov_inbound* inbound, void* reply_ctx,
               void (*reply)(void*, const gov_reply*), gov_exchange** out) {
              const auto& self = *static_cast<Port*>(ctx);
              return self.dispatcher_.submit({*inbound,
                                              {reply_ctx, reply},
                                              out,
                                              correlation_id_of(*inbound->peer),
                                              std::chrono::steady_clock::now(),
                                              self.base_ | inbound->connection});
            },
            [](void* ctx, gov_exchange* exchange) {
              static_cast<Port*>(ctx)->dispatcher_.disconnect(Handle::of(exchange)->exchange);
            },
            [](void* ctx, gov_exchange* exchange) {
              static_cast<Port*>(ctx)->dispatcher_.disconnect(Handle::of(exchange)->exchange);
              delete Handle::of(exchange);
            },
            [](void* ctx, std::uint64_t connection) {
              const auto& self = *static_cast<Port*>(ctx);
              self.dispatcher_.server_.closed(self.base_ | connection);
            }};
}

}  // namespace govhost
