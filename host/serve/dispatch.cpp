#include "serve/dispatch.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/random.h"

namespace govhost {
namespace {

using gov::to_cpp;

// What stands behind a transport's gov_exchange.
struct Handle {
  std::shared_ptr<Exchange> exchange;
};

Handle* handle_of(gov_exchange* exchange) { return reinterpret_cast<Handle*>(exchange); }

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

Caller caller_of(const gov_peer& peer, plugin::Principal principal) {
  return {std::move(principal), std::string(to_cpp(peer.address)),
          std::string(to_cpp(peer.transport))};
}

std::string name_of_call(std::uint64_t connection, std::string_view id) {
  return std::to_string(connection) + ":" + std::string(id);
}

}  // namespace

Dispatcher::Dispatcher(mcp::Server& server, const access::Chain& access, Workers& workers,
                       Reaper& reaper, Log& log, DispatchLimits limits)
    : server_(server),
      access_(access),
      workers_(workers),
      reaper_(reaper),
      log_(log),
      limits_(limits) {}

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
    return refuse(arrival, std::move(reply));
  }
  if (inbound.body.len > limits_.max_message)
    return refuse(arrival, mcp::Reply::error({mcp::kInvalidRequest, 413,
                                              "the message is larger than " +
                                                  std::to_string(limits_.max_message) + " bytes",
                                              nullptr},
                                             {}, arrival.correlation_id, GOV_RESOURCE_EXHAUSTED));

  const auto deadline = arrival.began + limits_.request_timeout;
  plugin::Principal principal;
  if (access_.configured()) {
    if (!access_.never_blocks()) {
      auto exchange = std::make_shared<Exchange>(deadline, arrival.correlation_id, arrival.to);
      exchange->unread = std::make_unique<StoredInbound>(inbound);
      exchange->unread->inbound.connection = arrival.connection;
      exchange->caller = caller_of(*inbound.peer, {});
      return answer_later(arrival, std::move(exchange));
    }
    plugin::CallContext call(deadline, arrival.correlation_id);
    if (auto denied = check_access(call, *inbound.peer, arrival.correlation_id, principal))
      return refuse(arrival, std::move(*denied));
  }

  auto read_message = read(inbound, arrival.connection, arrival.correlation_id);
  if (auto* const reply = std::get_if<mcp::Reply>(&read_message))
    return refuse(arrival, std::move(*reply));
  if (auto* const notice = std::get_if<mcp::Notice>(&read_message)) {
    cancel_named(*notice);
    arrival.to.deliver(notice->reply, arrival.correlation_id);
    return GOV_OK;
  }
  auto& work = std::get<mcp::Work>(read_message);
  if (server_.answers_at_once(work)) return answer_now(arrival, work, std::move(principal));
  auto exchange = std::make_shared<Exchange>(deadline, arrival.correlation_id, arrival.to);
  exchange->work = std::move(work);
  exchange->caller = caller_of(*inbound.peer, std::move(principal));
  return answer_later(arrival, std::move(exchange));
}

// A message that is answered without being worked on.
gov_status Dispatcher::refuse(const Arrival& arrival, mcp::Reply reply) {
  arrival.to.deliver(reply, arrival.correlation_id);
  log_request(nullptr, reply, arrival.correlation_id, caller_of(*arrival.inbound.peer, {}),
              arrival.began);
  return GOV_OK;
}

gov_status Dispatcher::answer_now(const Arrival& arrival, const mcp::Work& work,
                                  plugin::Principal principal) {
  plugin::CallContext call(arrival.began + limits_.request_timeout, arrival.correlation_id);
  call.set_subject(principal.subject);
  const mcp::Reply reply = answer(work, principal, call);
  arrival.to.deliver(reply, arrival.correlation_id);
  log_request(&work, reply, arrival.correlation_id,
              caller_of(*arrival.inbound.peer, std::move(principal)), arrival.began);
  return GOV_OK;
}

gov_status Dispatcher::answer_later(const Arrival& arrival, std::shared_ptr<Exchange> exchange) {
  bool admitted = false;
  {
    const std::lock_guard lock(mutex_);
    admitted = in_flight_ < limits_.max_in_flight;
    if (admitted) {
      ++in_flight_;
      if (exchange->work.session && !exchange->unread) {
        exchange->key = name_of_call(exchange->work.connection, exchange->work.message.id);
        named_[exchange->key] = exchange;
      }
    }
  }
  if (admitted) {
    // Before the job is queued: the transport must know the handle when the reply comes.
    *arrival.out = reinterpret_cast<gov_exchange*>(new Handle{exchange});
    reaper_.at(exchange->call.deadline(), [this, weak = std::weak_ptr(exchange)] {
      if (const auto late = weak.lock()) expire(late);
    });
    if (workers_.submit([this, exchange] { run(exchange); })) return GOV_OK;
    delete handle_of(std::exchange(*arrival.out, nullptr));
    const std::lock_guard lock(mutex_);
    --in_flight_;
    named_.erase(exchange->key);
  }
  mcp::Reply reply = mcp::Reply::error(
      {mcp::kOverloaded, 429, "too many calls are in flight; try again in a second", nullptr},
      exchange->work.message.id, arrival.correlation_id, GOV_RESOURCE_EXHAUSTED);
  reply.headers.emplace_back("Retry-After", "1");
  exchange->cancel();
  return refuse(arrival, std::move(reply));
}

std::variant<mcp::Reply, mcp::Work, mcp::Notice> Dispatcher::read(
    const gov_inbound& inbound, std::uint64_t connection, const std::string& correlation_id) {
  return server_.receive({to_cpp(inbound.body), to_cpp(inbound.method), to_cpp(inbound.target),
                          inbound.peer, connection, (inbound.flags & GOV_INBOUND_SESSION) != 0,
                          correlation_id});
}

std::optional<mcp::Reply> Dispatcher::check_access(plugin::CallContext& call, const gov_peer& peer,
                                                   const std::string& correlation_id,
                                                   plugin::Principal& principal) {
  access::Decision decision = access_.decide(call, peer);
  if (decision.allowed) {
    principal = std::move(decision.principal);
    call.set_subject(principal.subject);
    return std::nullopt;
  }
  const access::Denial& denial = decision.denial;
  const std::string why =
      denial.description.empty() ? "a bearer token is required" : denial.description;
  // The body of OAuth (RFC 6750, 3.1), not of JSON-RPC: clients look for it before they read on.
  const std::string code = denial.error.empty() ? "unauthorized" : denial.error;
  mcp::Reply reply = mcp::Reply::body(
      denial.http_status,
      mcp::Json{{"error", code}, {"error_description", why}, {"correlation_id", correlation_id}}
          .dump(),
      denial.http_status == 403 ? GOV_PERMISSION_DENIED : GOV_UNAUTHENTICATED);
  reply.error_type = denial.error.empty() ? "unauthenticated" : denial.error;
  reply.headers.emplace_back("WWW-Authenticate", denial.challenge);
  return reply;
}

// The boundary at which exceptions of the host's own code end.
mcp::Reply Dispatcher::answer(const mcp::Work& work, const plugin::Principal& principal,
                              plugin::CallContext& call) {
  try {
    return server_.answer(work, principal, call);
  } catch (const std::exception& e) {
    log_.error("request.fault", e.what(),
               {{"correlation_id", work.correlation_id}, {"mcp.method.name", work.method_name()}});
    return mcp::Server::refuse(work, mcp::kInternalError, 200, "internal error", GOV_INTERNAL);
  }
}

void Dispatcher::run(const std::shared_ptr<Exchange>& exchange) {
  mcp::Reply reply;
  const mcp::Work* worked_on = &exchange->work;
  if (exchange->unread) {
    worked_on = nullptr;
    const gov_inbound& inbound = exchange->unread->inbound;
    if (auto denied = check_access(exchange->call, *inbound.peer, exchange->correlation_id,
                                   exchange->caller.principal)) {
      reply = std::move(*denied);
    } else {
      auto message = read(inbound, inbound.connection, exchange->correlation_id);
      if (auto* const faulty = std::get_if<mcp::Reply>(&message)) {
        reply = std::move(*faulty);
      } else if (auto* const notice = std::get_if<mcp::Notice>(&message)) {
        cancel_named(*notice);
        reply = std::move(notice->reply);
      } else {
        exchange->work = std::move(std::get<mcp::Work>(message));
        worked_on = &exchange->work;
      }
    }
  }
  if (worked_on && !exchange->call.cancelled()) {
    exchange->call.set_subject(exchange->caller.principal.subject);
    reply = answer(exchange->work, exchange->caller.principal, exchange->call);
  }
  if (exchange->finish(reply))
    log_request(worked_on, reply, exchange->correlation_id, exchange->caller, exchange->began);
  const std::lock_guard lock(mutex_);
  named_.erase(exchange->key);
  if (--in_flight_ == 0) idle_.notify_all();
}

// The worker may still be inside a plugin: it keeps its thread, the client gets an answer.
void Dispatcher::expire(const std::shared_ptr<Exchange>& exchange) {
  const mcp::Reply reply = mcp::Reply::error(
      {mcp::kDeadlineExceeded, 200,
       "the call took longer than " + std::to_string(limits_.request_timeout.count()) + " ms",
       nullptr},
      exchange->unread ? std::string() : exchange->work.message.id, exchange->correlation_id,
      GOV_DEADLINE_EXCEEDED);
  if (!exchange->finish(reply)) return;
  exchange->call.cancel();
  log_request(exchange->unread ? nullptr : &exchange->work, reply, exchange->correlation_id,
              exchange->caller, exchange->began);
}

void Dispatcher::cancel_named(const mcp::Notice& notice) {
  if (notice.message.method != "notifications/cancelled") return;
  const mcp::Json* const id = mcp::member(notice.message.params(), "requestId");
  if (!id) return;
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    const auto found = named_.find(name_of_call(notice.connection, id->dump()));
    if (found != named_.end()) exchange = found->second.lock();
  }
  if (!exchange) return;
  // An empty last reply: no answer is sent, and the transport knows that none will come.
  exchange->finish(mcp::Reply::empty(202));
  exchange->call.cancel();
}

void Dispatcher::log_request(const mcp::Work* work, const mcp::Reply& reply,
                             std::string_view correlation_id, const Caller& caller,
                             std::chrono::steady_clock::time_point began) {
  if (reply.detail.empty() && !log_.on(Level::kInfo)) return;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  const LogField fields[] = {
      {"correlation_id", correlation_id},
      {"transport", std::string_view(caller.transport)},
      {"src", std::string_view(caller.address)},
      {"principal", std::string_view(caller.principal.subject)},
      {"mcp.method.name", work ? work->method_name() : std::string_view("_OTHER")},
      {"gen_ai.tool.name", work ? work->tool_name() : std::string_view()},
      {"http.status", static_cast<std::int64_t>(reply.http_status)},
      {"error.type", std::string_view(reply.error_type)},
      {"duration_ms", took.count()},
      {"bytes_out", static_cast<std::int64_t>(reply.size())},
  };
  log_.write(reply.detail.empty() ? Level::kInfo : Level::kError, "request.done", reply.detail,
             fields);
}

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
            [](void*, gov_exchange* exchange) { handle_of(exchange)->exchange->cancel(); },
            [](void*, gov_exchange* exchange) {
              handle_of(exchange)->exchange->cancel();
              delete handle_of(exchange);
            },
            [](void* ctx, std::uint64_t connection) {
              const auto& self = *static_cast<Port*>(ctx);
              self.dispatcher_.server_.closed(self.base_ | connection);
            }};
}

}  // namespace govhost
