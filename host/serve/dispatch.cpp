#include "serve/dispatch.h"

#include <algorithm>
#include <utility>

#include "mcp/permission.h"
#include "mcp/trace.h"
#include "serve/port.h"

namespace govhost {
namespace {

using gov::to_cpp;

Caller caller_of(const gov_peer& peer, plugin::Principal principal) {
  return {std::move(principal), std::string(to_cpp(peer.address)),
          std::string(to_cpp(peer.transport))};
}

}  // namespace

Dispatcher::Dispatcher(const Parts& parts, DispatchLimits limits)
    : server_(parts.server),
      admission_(parts.admission),
      workers_(parts.workers),
      reaper_(parts.reaper),
      log_(parts.log),
      limits_(limits),
      trail_(parts.trail),
      metrics_(parts.metrics),
      caller_places_(limits.max_in_flight_per_caller) {
  server_.set_background(
      [this](std::function<void()> job) { return workers_.submit(std::move(job)); });
}

Dispatcher::~Dispatcher() { reaper_.forget(this); }

bool Dispatcher::wait_idle(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, limit, [&] { return in_flight_ == 0; });
}

gov_status Dispatcher::submit(Arrival arrival) {
  *arrival.out = nullptr;
  const gov_inbound& inbound = arrival.inbound;
  if (draining_) {
    mcp::Reply reply =
        mcp::Reply::error({mcp::kOverloaded, 503, "the server is shutting down", nullptr}, {},
                          arrival.correlation_id, GOV_UNAVAILABLE);
    reply.headers.emplace_back("Retry-After", "1");
    return refuse(arrival, reply);
  }
  const auto admission = admission_.get();
  if (const auto refused =
          limit_address(admission->rates.get(), *inbound.peer, arrival.correlation_id))
    return refuse(arrival, *refused);
  if (inbound.body.len > limits_.max_message)
    return refuse(arrival, mcp::Reply::error({mcp::kInvalidRequest, 413,
                                              "the message is larger than " +
                                                  std::to_string(limits_.max_message) + " bytes",
                                              nullptr},
                                             {}, arrival.correlation_id, GOV_RESOURCE_EXHAUSTED));

  const auto deadline = arrival.began + limits_.request_timeout;
  plugin::Principal principal;
  const access::Chain& chain = *admission->chain;
  if (chain.configured()) {
    // How to get a credential is told to those who have none.
    if (to_cpp(inbound.method) == "GET")
      if (auto text = chain.resource().metadata(*inbound.peer, to_cpp(inbound.target)))
        return refuse(arrival, mcp::Reply::body(200, std::move(*text), GOV_OK));
    bool would_block = !chain.answers_at_once();
    if (!would_block) {
      plugin::CallContext call(deadline, arrival.correlation_id);
      call.set_at_once();
      if (auto denied =
              check_access(chain, call, inbound, arrival.correlation_id, principal, would_block))
        return refuse(arrival, *denied);
    }
    if (would_block) {
      auto exchange = std::make_shared<Exchange>(deadline, arrival.correlation_id, arrival.to);
      exchange->unread = std::make_unique<StoredInbound>(inbound);
      exchange->unread->inbound.connection = arrival.connection;
      exchange->caller = caller_of(*inbound.peer, {});
      return answer_later(arrival, exchange);
    }
  }

  auto received = read(inbound, arrival.connection, arrival.correlation_id, principal);
  if (const auto* const reply = std::get_if<mcp::Reply>(&received)) return refuse(arrival, *reply);
  if (const auto* const answer = std::get_if<mcp::ClientAnswer>(&received)) {
    take_answer(*answer);
    arrival.to.deliver(answer->reply, arrival.correlation_id);
    return GOV_OK;
  }
  if (const auto* const notice = std::get_if<mcp::Notice>(&received);
      notice && !notice->opens_stream) {
    heed(*notice);
    arrival.to.deliver(notice->reply, arrival.correlation_id);
    return GOV_OK;
  }
  auto* const work = std::get_if<mcp::Work>(&received);
  if (work)
    if (const auto forbidden = forbid(*work, principal, &inbound)) {
      const auto limited = limit_principal(*work, principal, to_cpp(inbound.peer->address));
      return end_now(arrival, *work, principal, limited ? *limited : *forbidden);
    }
  const bool stays_open = !work || work->use != mcp::Work::Use::kAnswer;
  const bool may_wait = trail_ != nullptr && trail_->waits();
  if (work && !stays_open && !may_wait && server_.answers_at_once(*work))
    return answer_now(arrival, *work, principal);

  auto exchange = std::make_shared<Exchange>(stays_open ? plugin::Deadline::max() : deadline,
                                             arrival.correlation_id, arrival.to);
  exchange->caller = caller_of(*inbound.peer, std::move(principal));
  if (auto* const batch = std::get_if<mcp::Batch>(&received)) {
    exchange->batch = std::make_unique<mcp::Batch>(std::move(*batch));
    return answer_later(arrival, exchange);
  }
  if (auto* const notice = std::get_if<mcp::Notice>(&received)) {
    exchange->work.use = mcp::Work::Use::kSessionStream;
    exchange->work.connected = true;
    exchange->work.session = std::move(notice->session);
  } else {
    exchange->work = std::move(*work);
  }
  return stays_open ? open_stream(arrival, exchange) : answer_later(arrival, exchange);
}

// A message that is answered without being worked on.
gov_status Dispatcher::refuse(const Arrival& arrival, const mcp::Reply& given) {
  const auto instead = record(nullptr, given, arrival.correlation_id,
                              CallerView(*arrival.inbound.peer), arrival.began);
  const mcp::Reply& reply = instead ? *instead : given;
  arrival.to.deliver(reply, arrival.correlation_id);
  note_done(nullptr, reply, arrival.correlation_id, CallerView(*arrival.inbound.peer),
            arrival.began);
  return GOV_OK;
}

gov_status Dispatcher::answer_now(const Arrival& arrival, const mcp::Work& work,
                                  const plugin::Principal& principal) {
  plugin::CallContext call(arrival.began + limits_.request_timeout, arrival.correlation_id);
  call.set_subject(principal.subject);
  const mcp::Outcome outcome =
      answer_within_limits(work, {principal, call}, to_cpp(arrival.inbound.peer->address));
  return end_now(arrival, work, principal, std::get<mcp::Reply>(outcome));
}

gov_status Dispatcher::end_now(const Arrival& arrival, const mcp::Work& work,
                               const plugin::Principal& principal, const mcp::Reply& given) {
  const CallerView caller(*arrival.inbound.peer, principal);
  const auto instead = record(&work, given, arrival.correlation_id, caller, arrival.began);
  const mcp::Reply& reply = instead ? *instead : given;
  arrival.to.deliver(reply, arrival.correlation_id);
  note_done(&work, reply, arrival.correlation_id, caller, arrival.began);
  return GOV_OK;
}

// Before any reply: the transport must know the handle when it comes.
void Dispatcher::hand_out(const Arrival& arrival, const std::shared_ptr<Exchange>& exchange) {
  *arrival.out = (new Handle{exchange})->raw();
}

bool Dispatcher::admit(const std::shared_ptr<Exchange>& exchange) {
  if (places_.fetch_add(1) >= limits_.max_in_flight) {
    --places_;
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    ++in_flight_;
  }
  exchange->placed = exchange->counted = true;
  name(exchange);
  return true;
}

gov_status Dispatcher::answer_later(const Arrival& arrival,
                                    const std::shared_ptr<Exchange>& exchange) {
  if (exchange->work.over_http && exchange->work.session) exchange->keep_events(events_);
  const bool own = exchange->unread || admit_caller(*exchange);  // who it is shows later
  if (own && admit(exchange)) {
    hand_out(arrival, exchange);
    reaper_.at(
        exchange->call.deadline(),
        [this, weak = std::weak_ptr(exchange)] {
          if (const auto late = weak.lock()) expire(late);
        },
        this);
    if (workers_.submit([this, exchange] { run(exchange); })) return GOV_OK;
    delete Handle::of(std::exchange(*arrival.out, nullptr));
    let_go(exchange);
  }
  caller_places_.leave(std::exchange(exchange->caller_key, {}));
  exchange->cancel();
  return refuse(arrival, too_many(*exchange, own ? "" : " of yours"));
}

mcp::Reply Dispatcher::too_many(const Exchange& exchange, std::string_view whose) const {
  mcp::Reply reply = mcp::Reply::error(
      {mcp::kOverloaded, 429,
       "too many calls" + std::string(whose) + " are in flight; try again in a second", nullptr},
      exchange.unread ? std::string() : exchange.work.message.id, exchange.correlation_id,
      GOV_RESOURCE_EXHAUSTED);
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

gov_status Dispatcher::open_stream(const Arrival& arrival,
                                   const std::shared_ptr<Exchange>& exchange) {
  name(exchange);
  hand_out(arrival, exchange);
  start_stream(exchange);
  return GOV_OK;
}

mcp::Received Dispatcher::read(const gov_inbound& inbound, std::uint64_t connection,
                               const std::string& correlation_id,
                               const plugin::Principal& principal) {
  return server_.receive({to_cpp(inbound.body), to_cpp(inbound.method), to_cpp(inbound.target),
                          inbound.peer, connection, (inbound.flags & GOV_INBOUND_SESSION) != 0,
                          correlation_id, principal});
}

std::optional<mcp::Reply> Dispatcher::check_access(
    const access::Chain& chain, plugin::CallContext& call, const gov_inbound& inbound,
    const std::string& correlation_id, plugin::Principal& principal, bool& would_block) {
  access::Decision decision = chain.decide(call, *inbound.peer, to_cpp(inbound.target));
  would_block = decision.would_block;
  if (would_block) return std::nullopt;
  if (decision.allowed) {
    principal = std::move(decision.principal);
    call.set_subject(principal.subject);
    return std::nullopt;
  }
  return refusal_of(decision.denial, correlation_id);
}

mcp::Reply Dispatcher::refusal_of(const access::Denial& denial, std::string_view correlation_id) {
  const std::string why =
      denial.description.empty() ? "a bearer token is required" : denial.description;
  // The body of OAuth (RFC 6750, 3.1), not of JSON-RPC: clients look for it before they read on.
  const std::string code = denial.error.empty() ? "unauthorized" : denial.error;
  mcp::Reply reply = mcp::Reply::body(
      denial.http_status,
      mcp::Json{{"error", code}, {"error_description", why}, {"correlation_id", correlation_id}}
          .dump(),
      denial.http_status == 403   ? GOV_PERMISSION_DENIED
      : denial.http_status == 503 ? GOV_UNAVAILABLE
                                  : GOV_UNAUTHENTICATED);
  reply.error_type = denial.error.empty() ? "unauthenticated" : denial.error;
  if (!denial.challenge.empty()) reply.headers.emplace_back("WWW-Authenticate", denial.challenge);
  if (denial.http_status == 503) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

std::optional<mcp::Reply> Dispatcher::forbid(const mcp::Work& work,
                                             const plugin::Principal& principal,
                                             const gov_inbound* inbound) const {
  const auto scopes = mcp::lacking(work.wiring->policy, work, principal);
  if (!scopes) return std::nullopt;
  // Clients step up by what the status and the challenge say (MCP 2025-11-25, authorization).
  if (inbound != nullptr && work.over_http)
    return refusal_of(
        admission_.get()->chain->lacking(*inbound->peer, to_cpp(inbound->target), *scopes),
        work.correlation_id);
  mcp::Reply reply = mcp::Reply::error({mcp::kInvalidParams,
                                        200,
                                        "this is not allowed to the caller",
                                        {{"requiredScopes", *scopes}}},
                                       work.message.id, work.correlation_id, GOV_PERMISSION_DENIED);
  reply.error_type = "insufficient_scope";
  return reply;
}

// In the metrics and in the log.
void Dispatcher::note_done(const mcp::Work* work, const mcp::Reply& reply,
                           std::string_view correlation_id, const CallerView& caller,
                           std::chrono::steady_clock::time_point began) {
  const bool logged = !reply.detail.empty() || log_.on(Level::kInfo);
  if (!logged && metrics_ == nullptr) return;
  const std::string_view method = work ? work->method_name() : std::string_view("_OTHER");
  const std::string_view tool = work ? work->tool_name() : std::string_view();
  const auto took = std::chrono::steady_clock::now() - began;
  if (metrics_ != nullptr)
    metrics_->operations.with({method, tool, reply.error_type, caller.transport}).observe(took);
  if (!logged || reply.is_repeated) return;
  const LogField fields[] = {
      {"correlation_id", correlation_id},
      {"transport", caller.transport},
      {"src", caller.address},
      {"principal", caller.subject},
      {"mcp.method.name", method},
      {"gen_ai.tool.name", tool},
      {"http.status", static_cast<std::int64_t>(reply.http_status)},
      {"error.type", std::string_view(reply.error_type)},
      {"duration_ms", std::chrono::duration<double, std::milli>(took).count()},
      {"bytes_out", static_cast<std::int64_t>(reply.size())},
      {"trace_id", work ? mcp::trace_id_of(work->message) : std::string_view()},
  };
  // Most callers trace nothing, and then there is no such field.
  const bool traced = !std::get<std::string_view>(fields[std::size(fields) - 1].value).empty();
  log_.write(reply.detail.empty() ? Level::kInfo : Level::kError, "request.done", reply.detail,
             std::span(fields, std::size(fields) - (traced ? 0 : 1)));
}

}  // namespace govhost
