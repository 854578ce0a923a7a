// The host's end of a transport: takes messages, answers at once what can be answered at once, and
// hands the rest to the workers.
#pragma once

#include <gov/abi/transport.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "access/chain.h"
#include "mcp/server.h"
#include "observe/log.h"
#include "serve/exchange.h"
#include "serve/reaper.h"
#include "serve/workers.h"

namespace govhost {

struct DispatchLimits {
  std::chrono::milliseconds request_timeout{20'000};
  std::size_t max_in_flight = 256;
  std::size_t max_message = std::size_t{1} << 20u;
};

// One for the process; every transport gets a Port. Thread-safe.
class Dispatcher {
 public:
  Dispatcher(mcp::Server& server, const access::Chain& access, Workers& workers, Reaper& reaper,
             Log& log, DispatchLimits limits);

  // From here on every message is refused as "shutting down".
  void drain() { draining_ = true; }
  // Waits until no worker has anything to do; false at the limit.
  bool wait_idle(std::chrono::milliseconds limit);

 private:
  friend class Port;

  // A message that is being looked at on the transport's thread.
  struct Arrival {
    const gov_inbound& inbound;
    ReplyTo to;
    gov_exchange** out;
    std::string correlation_id;
    std::chrono::steady_clock::time_point began;
    std::uint64_t connection;
  };

  gov_status submit(Arrival arrival);
  gov_status refuse(const Arrival& arrival, mcp::Reply reply);
  gov_status answer_now(const Arrival& arrival, const mcp::Work& work, plugin::Principal principal);
  gov_status answer_later(const Arrival& arrival, std::shared_ptr<Exchange> exchange);

  // The message read, by the rules of the protocol.
  std::variant<mcp::Reply, mcp::Work, mcp::Notice> read(const gov_inbound& inbound,
                                                        std::uint64_t connection,
                                                        const std::string& correlation_id);
  // The reply that refuses the caller, or nothing; sets the principal of a caller who may pass.
  std::optional<mcp::Reply> check_access(plugin::CallContext& call, const gov_peer& peer,
                                         const std::string& correlation_id,
                                         plugin::Principal& principal);
  mcp::Reply answer(const mcp::Work& work, const plugin::Principal& principal,
                    plugin::CallContext& call);

  void run(const std::shared_ptr<Exchange>& exchange);
  void expire(const std::shared_ptr<Exchange>& exchange);
  void cancel_named(const mcp::Notice& notice);
  void log_request(const mcp::Work* work, const mcp::Reply& reply, std::string_view correlation_id,
                   const Caller& caller, std::chrono::steady_clock::time_point began);

  mcp::Server& server_;
  const access::Chain& access_;
  Workers& workers_;
  Reaper& reaper_;
  Log& log_;
  const DispatchLimits limits_;
  std::atomic<bool> draining_{false};

  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t in_flight_ = 0;
  // Calls in flight on connections that are sessions, for notifications/cancelled, by connection
  // and id. Bounded by max_in_flight.
  std::unordered_map<std::string, std::weak_ptr<Exchange>> named_;
};

// The dispatch table of one transport instance. Connections get numbers that are unique in the
// process, because every transport counts its own.
class Port {
 public:
  Port(Dispatcher& dispatcher, std::uint64_t index);
  Port(const Port&) = delete;
  const gov_dispatch_v1& table() const { return table_; }

 private:
  Dispatcher& dispatcher_;
  const std::uint64_t base_;
  gov_dispatch_v1 table_{};
};

}  // namespace govhost
