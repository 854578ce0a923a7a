// The part of the dispatcher that runs on workers: from an exchange to its end.
#include <exception>
#include <utility>

#include "serve/dispatch.h"

namespace govhost {

// The boundary at which exceptions of the host's own code end.
mcp::Outcome Dispatcher::answer(const mcp::Work& work, const mcp::Caller& caller) {
  try {
    return server_.answer(work, caller);
  } catch (const std::exception& e) {
    log_.error("request.fault", e.what(),
               {{"correlation_id", work.correlation_id}, {"mcp.method.name", work.method_name()}});
    return mcp::Server::refuse(work, mcp::kInternalError, 200, "internal error", GOV_INTERNAL);
  }
}

void Dispatcher::run(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->unread)
    run_unread(exchange);
  else if (exchange->batch)
    run_batch(exchange);
  else
    run_work(exchange);
}

void Dispatcher::run_unread(const std::shared_ptr<Exchange>& exchange) {
  const gov_inbound& inbound = exchange->unread->inbound;
  bool would_block = false;
  const auto admission = admission_.get();
  if (auto denied = check_access(*admission->chain, exchange->call, inbound,
                                 exchange->correlation_id, exchange->caller.principal, would_block))
    return conclude(exchange, *denied, nullptr);
  if (!admit_caller(*exchange))
    return conclude(exchange, too_many(*exchange, " of yours"), nullptr);
  auto received =
      read(inbound, inbound.connection, exchange->correlation_id, exchange->caller.principal);
  if (const auto* const reply = std::get_if<mcp::Reply>(&received))
    return conclude(exchange, *reply, nullptr);
  if (const auto* const answered = std::get_if<mcp::ClientAnswer>(&received)) {
    take_answer(*answered);
    return conclude(exchange, answered->reply, nullptr);
  }
  if (auto* const batch = std::get_if<mcp::Batch>(&received)) {
    exchange->batch = std::make_unique<mcp::Batch>(std::move(*batch));
    return run_batch(exchange);
  }
  if (auto* const notice = std::get_if<mcp::Notice>(&received)) {
    heed(*notice);
    if (!notice->opens_stream) return conclude(exchange, notice->reply, nullptr);
    mcp::Work stream;
    stream.use = mcp::Work::Use::kSessionStream;
    stream.connected = true;
    stream.session = std::move(notice->session);
    exchange->adopt(std::move(stream));
  } else {
    exchange->adopt(std::move(std::get<mcp::Work>(received)));
    if (const auto forbidden = forbid(exchange->work, exchange->caller.principal, &inbound))
      return conclude(exchange, *forbidden, &exchange->work);
  }
  if (exchange->work.use != mcp::Work::Use::kAnswer) {
    let_go(exchange);
    name(exchange);
    return start_stream(exchange);
  }
  name(exchange);
  if (exchange->work.over_http && exchange->work.session) exchange->keep_events(events_);
  run_work(exchange);
}

void Dispatcher::run_work(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->call.cancelled()) return conclude(exchange, {}, nullptr);
  exchange->call.set_subject(exchange->caller.principal.subject);
  const mcp::Caller caller{exchange->caller.principal, exchange->call, exchange.get()};
  // What comes back with its client's answers was counted when it came.
  mcp::Outcome outcome =
      exchange->rounds > 0 ? answer(exchange->work, caller)
                           : answer_within_limits(exchange->work, caller, exchange->caller.address);
  if (const auto* const needed = std::get_if<mcp::InputNeeded>(&outcome)) {
    if (questions_.ask(exchange, *needed)) {
      // The answers bring it back, unless it was ended before it could be parked.
      if (exchange->call.cancelled() && exchange->parked.exchange(false)) let_go(exchange);
      if (ending_) give_up(exchange);
      return;
    }
    outcome = mcp::Server::refuse(exchange->work, mcp::kInternalError, 200,
                                  "the call asks its client too much", GOV_INTERNAL);
  }
  conclude(exchange, std::get<mcp::Reply>(outcome), &exchange->work);
}

// One after the other; the answers together are one JSON array (2025-03-26, basic).
void Dispatcher::run_batch(const std::shared_ptr<Exchange>& exchange) {
  std::string text;
  for (mcp::Single& item : exchange->batch->items) {
    const auto reply = answer_item(exchange, item);
    if (!reply || !reply->has_body()) continue;
    text += text.empty() ? '[' : ',';
    for (const std::string_view part : reply->parts()) text += part;
  }
  conclude(exchange,
           text.empty() ? mcp::Reply::empty(202) : mcp::Reply::body(200, text + "]", GOV_OK),
           nullptr);
}

std::optional<mcp::Reply> Dispatcher::answer_item(const std::shared_ptr<Exchange>& exchange,
                                                  mcp::Single& item) {
  if (exchange->call.cancelled()) return std::nullopt;
  if (auto* const reply = std::get_if<mcp::Reply>(&item)) return std::move(*reply);
  if (const auto* const notice = std::get_if<mcp::Notice>(&item)) {
    heed(*notice);
    return std::nullopt;
  }
  if (const auto* const answered = std::get_if<mcp::ClientAnswer>(&item)) {
    take_answer(*answered);
    return std::nullopt;
  }
  const auto& work = std::get<mcp::Work>(item);
  const auto began = std::chrono::steady_clock::now();
  const plugin::Principal& principal = exchange->caller.principal;
  mcp::Reply reply;
  if (auto forbidden = forbid(work, principal, nullptr))
    reply = std::move(*forbidden);
  else
    reply = std::get<mcp::Reply>(
        answer_within_limits(work, {principal, exchange->call}, exchange->caller.address));
  if (auto instead = record(&work, reply, exchange->correlation_id, exchange->caller, began))
    reply = std::move(*instead);
  note_done(&work, reply, exchange->correlation_id, exchange->caller, began);
  return reply;
}

// The end of an exchange that was worked on.
void Dispatcher::conclude(const std::shared_ptr<Exchange>& exchange, const mcp::Reply& given,
                          const mcp::Work* work) {
  std::optional<mcp::Reply> instead;
  if (exchange->unanswered() && !exchange->batch)
    instead = record(work, given, exchange->correlation_id, exchange->caller, exchange->began);
  const mcp::Reply& reply = instead ? *instead : given;
  // First: a client that has its answer may ask again at once.
  give_place_back(*exchange);
  if (exchange->finish(reply))
    note_done(work, reply, exchange->correlation_id, exchange->caller, exchange->began);
  let_go(exchange);
}

void Dispatcher::give_place_back(Exchange& exchange) {
  if (!exchange.placed.exchange(false)) return;
  --places_;
  caller_places_.leave(std::exchange(exchange.caller_key, {}));
}

// It counts no longer as in flight.
void Dispatcher::let_go(const std::shared_ptr<Exchange>& exchange) {
  if (!exchange->counted.exchange(false)) return;
  give_place_back(*exchange);
  if (exchange->rounds > 0) questions_.forget(*exchange);
  forget_name(*exchange);
  const std::lock_guard lock(mutex_);
  if (--in_flight_ == 0) idle_.notify_all();
}

void Dispatcher::name(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->work.scope.empty() || exchange->work.message.id.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    exchange->key = exchange->work.scope + ':' + exchange->work.message.id;
    named_[exchange->key] = exchange;
  }
  // The transport may have let go of it just before.
  if (exchange->call.cancelled()) forget_name(*exchange);
}

void Dispatcher::forget_name(const Exchange& exchange) {
  std::shared_ptr<Exchange> named;  // let go outside the lock
  const std::lock_guard lock(mutex_);
  const auto found = named_.find(exchange.key);
  if (found == named_.end()) return;
  // A client that uses an id twice has named another call by now.
  named = found->second.lock();
  if (!named || named.get() == &exchange) named_.erase(found);
}

void Dispatcher::end_streams() {
  server_.subscriptions().close();
  ending_ = true;
  for (const auto& exchange : questions_.waiting()) give_up(exchange);
}

void Dispatcher::give_up(const std::shared_ptr<Exchange>& exchange) {
  if (!exchange->parked.exchange(false)) return;
  conclude(exchange,
           mcp::Server::refuse(exchange->work, mcp::kOverloaded, 200,
                               "the server is ending; nobody can answer what this call asked",
                               GOV_UNAVAILABLE),
           &exchange->work);
}

void Dispatcher::disconnect(const std::shared_ptr<Exchange>& exchange) {
  exchange->disconnect();
  // A call that goes on without its client can still be cancelled by name.
  if (!exchange->counted) forget_name(*exchange);
  // Nobody is left who could answer what it asked.
  if (exchange->call.cancelled() && exchange->parked.exchange(false)) let_go(exchange);
}

// The worker may still be inside a plugin: it keeps its thread, the client gets an answer.
void Dispatcher::expire(const std::shared_ptr<Exchange>& exchange) {
  const mcp::Reply reply = mcp::Reply::error(
      {mcp::kDeadlineExceeded, 200,
       "the call took longer than " + std::to_string(limits_.request_timeout.count()) + " ms",
       nullptr},
      exchange->unread ? std::string() : exchange->work.message.id, exchange->correlation_id,
      GOV_DEADLINE_EXCEEDED);
  if (exchange->unanswered())
    record(exchange->unread ? nullptr : &exchange->work, reply, exchange->correlation_id,
           exchange->caller, exchange->began);
  if (exchange->finish(reply)) {
    note_done(exchange->unread ? nullptr : &exchange->work, reply, exchange->correlation_id,
              exchange->caller, exchange->began);
    exchange->call.cancel();
  }
  if (exchange->parked.exchange(false)) let_go(exchange);
}

void Dispatcher::heed(const mcp::Notice& notice) {
  if (notice.message.method != "notifications/cancelled") return;
  const mcp::Json* const id = mcp::member(notice.message.params(), "requestId");
  if (!id || notice.scope.empty()) return;
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    const auto found = named_.find(notice.scope + ':' + id->dump());
    if (found != named_.end()) exchange = found->second.lock();
  }
  if (!exchange) return;
  // An empty last reply: no answer is sent, and the transport knows that none will come.
  exchange->finish(mcp::Reply::empty(202));
  exchange->call.cancel();
  if (exchange->parked.exchange(false)) let_go(exchange);
}

void Dispatcher::take_answer(const mcp::ClientAnswer& answer) {
  std::string failed;
  const auto exchange = questions_.answered(answer, failed);
  if (!exchange) return;
  // Before the transport knows that the answer was taken: it could end with its input here.
  exchange->be_busy();
  if (failed.empty() && workers_.submit([this, exchange] { run_work(exchange); })) return;
  const auto& work = exchange->work;
  conclude(exchange,
           failed.empty()
               ? mcp::Server::refuse(work, mcp::kOverloaded, 200, "too many calls are in flight",
                                     GOV_RESOURCE_EXHAUSTED)
               : mcp::Server::refuse(work, mcp::kInvalidRequest, 200,
                                     "the client did not answer: " + failed, GOV_CANCELLED),
           &work);
}

}  // namespace govhost
