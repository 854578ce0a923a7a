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

#include "access/admission.h"
#include "audit/trail.h"
#include "core/current.h"
#include "mcp/server.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "serve/caller_places.h"
#include "serve/event_store.h"
#include "serve/exchange.h"
#include "serve/questions.h"
#include "serve/reaper.h"
#include "serve/workers.h"

namespace govhost {

struct DispatchLimits {
  std::chrono::milliseconds request_timeout{20'000};
  std::size_t max_in_flight = 256;
  std::size_t max_in_flight_per_caller = 128;
  std::size_t max_message = std::size_t{1} << 20u;
};

// One for the process; every transport gets a Port. Thread-safe.
class Dispatcher {
 public:
  // What it works with; all of it outlives the dispatcher.
  struct Parts {
    mcp::Server& server;
    const Current<const access::Admission>& admission;  // asked for each message
    Workers& workers;
    Reaper& reaper;
    Log& log;
    audit::Trail* trail = nullptr;  // null: nothing is recorded
    Metrics* metrics = nullptr;     // null: nothing is measured
  };
  Dispatcher(const Parts& parts, DispatchLimits limits);
  ~Dispatcher();

  // Ends the streams that clients keep open for what may come, and the calls that wait for a
  // client's answer: transports that drain take none in any more.
  void end_streams();
  // From here on every message is refused as "shutting down".
  void drain() { draining_ = true; }
  // Waits until no worker has anything to do; false at the limit.
  bool wait_idle(std::chrono::milliseconds limit);
  std::size_t in_flight() const { return places_; }

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
  gov_status refuse(const Arrival& arrival, const mcp::Reply& reply);
  gov_status answer_now(const Arrival& arrival, const mcp::Work& work,
                        const plugin::Principal& principal);
  gov_status answer_later(const Arrival& arrival, const std::shared_ptr<Exchange>& exchange);
  gov_status open_stream(const Arrival& arrival, const std::shared_ptr<Exchange>& exchange);
  bool admit(const std::shared_ptr<Exchange>& exchange);
  // Takes a place of its caller's; false: he has all that one may have.
  bool admit_caller(Exchange& exchange);
  mcp::Reply too_many(const Exchange& exchange, std::string_view whose) const;
  void hand_out(const Arrival& arrival, const std::shared_ptr<Exchange>& exchange);

  // The message read, by the rules of the protocol.
  mcp::Received read(const gov_inbound& inbound, std::uint64_t connection,
                     const std::string& correlation_id, const plugin::Principal& principal);
  // The reply that refuses the caller, or nothing; sets the principal of a caller who may pass.
  // `would_block`: nothing is known yet, and the call must be made where it may wait.
  std::optional<mcp::Reply> check_access(const access::Chain& chain, plugin::CallContext& call,
                                         const gov_inbound& inbound,
                                         const std::string& correlation_id,
                                         plugin::Principal& principal, bool& would_block);
  static mcp::Reply refusal_of(const access::Denial& denial, std::string_view correlation_id);
  mcp::Outcome answer(const mcp::Work& work, const mcp::Caller& caller);
  mcp::Outcome answer_within_limits(const mcp::Work& work, const mcp::Caller& caller,
                                    std::string_view address);
  // The reply to a caller who may not use what he asks for. `inbound`: with which he asked for this
  // alone, so that HTTP can say it; null: one of several.
  std::optional<mcp::Reply> forbid(const mcp::Work& work, const plugin::Principal& principal,
                                   const gov_inbound* inbound) const;
  gov_status end_now(const Arrival& arrival, const mcp::Work& work,
                     const plugin::Principal& principal, const mcp::Reply& given);

  // The reply to a caller who asks too often.
  static std::optional<mcp::Reply> limit_address(access::RateLimits* rates, const gov_peer& peer,
                                                 std::string_view correlation_id);
  std::optional<mcp::Reply> limit_principal(const mcp::Work& work,
                                            const plugin::Principal& principal,
                                            std::string_view address);
  static mcp::Reply too_often(const access::RateLimits::Refusal& refusal, std::string_view id,
                              std::string_view correlation_id);

  // [worker]
  void run(const std::shared_ptr<Exchange>& exchange);
  void run_unread(const std::shared_ptr<Exchange>& exchange);
  void run_work(const std::shared_ptr<Exchange>& exchange);
  void run_batch(const std::shared_ptr<Exchange>& exchange);
  std::optional<mcp::Reply> answer_item(const std::shared_ptr<Exchange>& exchange,
                                        mcp::Single& item);

  // A stream that stays open: what goes wrong is its last reply.
  void start_stream(const std::shared_ptr<Exchange>& exchange);
  void heed(const mcp::Notice& notice);
  void take_answer(const mcp::ClientAnswer& answer);
  void conclude(const std::shared_ptr<Exchange>& exchange, const mcp::Reply& reply,
                const mcp::Work* work);
  void give_place_back(Exchange& exchange);
  void let_go(const std::shared_ptr<Exchange>& exchange);
  void give_up(const std::shared_ptr<Exchange>& exchange);
  // Makes it known to notifications/cancelled, and unknown again.
  void name(const std::shared_ptr<Exchange>& exchange);
  void forget_name(const Exchange& exchange);
  // The transport's client is gone.
  void disconnect(const std::shared_ptr<Exchange>& exchange);
  void expire(const std::shared_ptr<Exchange>& exchange);
  // Before a reply goes out. The reply that goes out instead, when nothing may be answered that
  // cannot be recorded.
  std::optional<mcp::Reply> record(const mcp::Work* work, const mcp::Reply& reply,
                                   std::string_view correlation_id, const CallerView& caller,
                                   std::chrono::steady_clock::time_point began);
  void note_done(const mcp::Work* work, const mcp::Reply& reply, std::string_view correlation_id,
                 const CallerView& caller, std::chrono::steady_clock::time_point began);

  mcp::Server& server_;
  const Current<const access::Admission>& admission_;
  Workers& workers_;
  Reaper& reaper_;
  Log& log_;
  const DispatchLimits limits_;
  audit::Trail* const trail_;
  Metrics* const metrics_;
  std::atomic<bool> draining_{false}, ending_{false};
  CallerPlaces caller_places_;
  EventStore events_;
  Questions questions_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t in_flight_ = 0;           // exchanges that a worker may still touch
  std::atomic<std::size_t> places_{0};  // taken of max_in_flight; given back before the answer
  // Calls and listen streams whose ids are unique within a session or connection, for
  // notifications/cancelled. Each is forgotten when its transport lets go of it.
  std::unordered_map<std::string, std::weak_ptr<Exchange>> named_;
};

}  // namespace govhost
