// HTTP+SSE of MCP 2024-11-05: the connection as a stream, and as a POST to the stream of another.
#include "connection.h"

#include "loop.h"

namespace transport_http {
namespace {

SseOutcome ended(bool draining) {
  if (draining) return {503, "the server is shutting down"};
  return {404, "this sessionId names no open stream; open one with GET and use what it says"};
}

}  // namespace

// Decided before the body is read.
void Connection::find_stream() {
  const std::string_view key = Router::parameter(head_.target(in_.data()), "sessionId");
  const auto found = loop_.streams().find(key);
  if (found) {
    post_to_ = *found;
    return;
  }
  SseOutcome nobody = ended(loop_.draining());
  verdict_.kind = Verdict::Kind::kRefuse;
  verdict_.status = nobody.status;
  verdict_.message = std::move(nobody.message);
}

bool Connection::open_stream() {
  if (loop_.draining()) return fail(503, "the server is shutting down");
  stream_key_ = loop_.streams().open({&loop_, id_});
  if (stream_key_.empty()) return fail(503, "no random bits for a sessionId; try again later");
  wait_for_answer();
  answer_.begin(frame_, Streams::kAlways);
  answer_.add(gov_reply{}, out_);  // opens it
  const Options& o = loop_.options();
  append_named_event(out_, frame_.http11, "endpoint", o.sse_messages + "?sessionId=" + stream_key_);
  sse_ = std::make_unique<SseSession>(loop_, id_, frame_.http11, out_, backlog_);
  comment_at_ = Clock::now() + o.keepalive_interval;
  return false;
}

// The stream's own loop submits the message and sends back what became of it.
bool Connection::post_to_stream() {
  head_.pairs(in_.data(), pairs_);
  if (proxied_) find_client();
  wait_for_answer();
  answer_.begin(frame_, Streams::kNever);
  post_to_.loop->visit(
      post_to_.connection, [message = std::make_unique<SseMessage>(
                                body(), pairs_, gov::to_cpp(peer_.address), tls_peer_),
                            &here = loop_, id = id_](Connection* stream) {
        SseOutcome outcome = stream ? stream->take_message(*message) : ended(here.draining());
        here.visit(id, [outcome = std::move(outcome)](Connection* post) mutable {
          if (post) post->message_taken(outcome);
        });
      });
  return false;
}

SseOutcome Connection::take_message(const SseMessage& message) {
  if (!sse_) return ended(loop_.draining());
  SseOutcome outcome = sse_->submit(message);
  send_session_events();
  return outcome;
}

void Connection::message_taken(SseOutcome& outcome) {
  if (loop_.draining()) frame_.keep_alive = false;
  if (outcome.refusal) {
    answer_.add(outcome.refusal->get(), out_);
  } else if (outcome.status == 202) {
    append_accepted(out_, frame_);
  } else {
    append_error(out_, frame_, outcome.status, outcome.message);
    loop_.count_refusal(outcome.status);
  }
  finish_request();
  advance();
}

void Connection::send_session_events() {
  if (loop_.draining() && !sse_->busy()) return end_session();
  send_events();
}

// Closes the stream after all that is written to it.
void Connection::end_session() {
  drop_session();
  append_stream_end(out_, frame_.http11);
  frame_.keep_alive = false;
  finish_request();
  advance();
}

void Connection::drop_session() {
  if (!sse_) return;
  loop_.streams().close(stream_key_);
  sse_->close();
  sse_.reset();
}

}  // namespace transport_http
