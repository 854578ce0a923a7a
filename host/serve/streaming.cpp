// Streams that stay open for what may come: subscriptions/listen, and those of legacy sessions.
#include "serve/dispatch.h"

namespace govhost {
namespace {

// Who is limited together: a principal, else an address without its port, else the connection.
std::string owner_of(const Exchange& exchange) {
  const Caller& caller = exchange.caller;
  if (!caller.principal.subject.empty())
    return "p:" + caller.principal.issuer + '\n' + caller.principal.subject;
  if (!caller.address.empty()) return "a:" + caller.address.substr(0, caller.address.rfind(':'));
  return "c:" + std::to_string(exchange.work.connection);
}

mcp::Reply refusal(const Exchange& exchange, int code, int status, const char* message,
                   gov_status outcome) {
  return mcp::Server::refuse(exchange.work, code, status, message, outcome);
}

}  // namespace

void Dispatcher::start_stream(const std::shared_ptr<Exchange>& exchange) {
  const mcp::Work& work = exchange->work;
  mcp::Subscriptions::Subscriber subscriber{exchange, owner_of(*exchange),
                                            exchange->caller.principal.expires_ms, work.over_http,
                                            exchange->caller.principal.scopes};
  const auto refuse_with = [&](const mcp::Reply& reply) {
    record(&work, reply, exchange->correlation_id, exchange->caller, exchange->began);
    if (exchange->finish(reply))
      note_done(&work, reply, exchange->correlation_id, exchange->caller, exchange->began);
  };
  const auto too_many = [&] {
    refuse_with(refusal(*exchange, mcp::kOverloaded, 429,
                        "no stream can be opened now: too many are open, or the server is ending",
                        GOV_RESOURCE_EXHAUSTED));
  };
  if (work.use == mcp::Work::Use::kListen) {
    exchange->be_idle();
    if (const auto refused = server_.listen(work, exchange->caller.principal, subscriber))
      return refuse_with(*refused);
  } else if (work.connected) {
    exchange->open_idle();
    if (!server_.subscriptions().attach(subscriber, work.session.key)) return too_many();
  } else if (!work.last_event_id.empty()) {
    const auto [events, after] = events_.find(work.session.key, work.last_event_id);
    if (!events || !exchange->follow(events, after))
      refuse_with(refusal(*exchange, mcp::kServerError, 400,
                          "Bad Request: what follows this Last-Event-ID is not kept any more",
                          GOV_NOT_FOUND));
    return;
  } else {
    const auto events = events_.create(work.session.key);
    subscriber.stream = events;
    if (!server_.subscriptions().attach(subscriber, work.session.key)) return too_many();
    exchange->open_idle();
    exchange->follow(events, 0);
  }
}

}  // namespace govhost
