// Write a transport: derive from gov::Transport, frame messages and hand them to the host.
#pragma once

#include <gov/abi/transport.h>
#include <gov/plugin.hpp>

#include <functional>

namespace gov {

// The host's end of run(). Copyable, usable from any thread until run() returns.
class Dispatch {
 public:
  explicit Dispatch(const gov_dispatch_v1& raw) : raw_(&raw) {}

  // See gov_dispatch_v1: `reply` may be called from any thread, also before submit returns.
  gov_status submit(const gov_inbound& inbound, void* reply_ctx,
                    void (*reply)(void*, const gov_reply*), gov_exchange** out) const {
    return raw_->submit(raw_->ctx, &inbound, reply_ctx, reply, out);
  }
  void cancel(gov_exchange* exchange) const { raw_->cancel(raw_->ctx, exchange); }
  void release(gov_exchange* exchange) const { raw_->release(raw_->ctx, exchange); }
  void closed(std::uint64_t connection) const { raw_->closed(raw_->ctx, connection); }

 private:
  const gov_dispatch_v1* raw_;
};

class Transport : public Plugin {
 public:
  using KindBase = Transport;
  static constexpr const char* kKind = GOV_KIND_TRANSPORT;
  static const gov_transport_v1* table();

  using Listening = std::function<void(std::string_view endpoint)>;

  // [worker] On a thread of its own; returns when the call is cancelled or, for a one-client
  // transport, when the client is gone and its answers are written.
  virtual Status run(const Call&, const Dispatch&, const Listening& listening) = 0;
  // [any] Accept nothing new, close what is idle, finish what is in flight, then return from run().
  virtual void drain() = 0;
};

inline const gov_transport_v1* Transport::table() {
  using Self = detail::Instance<Transport>;
  static constexpr gov_transport_v1 kTable{
      sizeof(gov_transport_v1), 0,
      [](gov_instance* i, const gov_call* call, const gov_dispatch_v1* dispatch, void* ctx,
         void (*listening)(void*, gov_str), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          return Self::of(i).run(Call(*call), Dispatch(*dispatch),
                                 [ctx, listening](std::string_view e) { listening(ctx, to_c(e)); });
        });
      },
      [](gov_instance* i) noexcept {
        (void)detail::guarded(nullptr, [&] {
          Self::of(i).drain();
          return Status();
        });
      }};
  return &kTable;
}

inline bool is_last(const gov_reply& reply) { return (reply.flags & GOV_REPLY_LAST) != 0; }

// Whether the exchange is no work in flight after this reply.
inline bool is_idle(const gov_reply& reply) {
  return (reply.flags & GOV_REPLY_IDLE) != 0 && !is_last(reply);
}

// What only event streams can say; empty and 0 from a host that does not know of it.
inline std::string_view event_id(const gov_reply& reply) {
  return GOV_HAS(&reply, event_id) ? to_cpp(reply.event_id) : std::string_view();
}
inline std::uint32_t retry_ms(const gov_reply& reply) {
  return GOV_HAS(&reply, retry_ms) ? reply.retry_ms : 0;
}

// The text of a reply: its parts, joined.
inline void append_body(const gov_reply& reply, std::string& out) {
  std::size_t size = out.size();
  for (std::uint64_t i = 0; i < reply.part_count; ++i)
    size += static_cast<std::size_t>(reply.parts[i].len);
  out.reserve(size);
  for (std::uint64_t i = 0; i < reply.part_count; ++i) out.append(to_cpp(reply.parts[i]));
}

}  // namespace gov
