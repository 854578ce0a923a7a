#include "answer.h"

#include <gov/transport.hpp>

namespace transport_http {

void Answer::begin(Frame& frame, Streams streams) {
  frame_ = &frame;
  streams_ = streams;
  state_ = State::kFresh;
  headers_.clear();
}

namespace {

// Below, one more copy costs less than a system call of several pieces.
constexpr std::uint64_t kLargeBody = 4096;

}  // namespace

void Answer::add(const gov_reply& reply, std::string& out) {
  if (add_head(reply, out)) append_body(out, reply);
}

bool Answer::add_head(const gov_reply& reply, std::string& out) {
  bool body = false;
  if (state_ == State::kRefused) return body;
  const bool last = gov::is_last(reply);
  if (!last && state_ != State::kStreaming) {
    if (streams_ != Streams::kNever) {
      open_stream(reply, out);
    } else if (gov::is_idle(reply)) {
      state_ = State::kRefused;
    } else if (state_ == State::kFresh) {
      append_headers(headers_, reply);
      state_ = State::kCollecting;
    }
  }
  if (state_ == State::kStreaming) {
    add_event(reply, last, out);
  } else if (last) {
    whole(reply, out, body);
  }
  if (last) state_ = State::kDone;
  return body;
}

void Answer::add_event(const gov_reply& reply, bool last, std::string& out) const {
  // Ids are for resuming: the end of a stream needs none.
  if (!last || reply.part_count > 0) {
    const Event event(reply);
    if (!event.empty()) event.append_chunk(out, frame_->http11);
  }
  if (last) append_stream_end(out, frame_->http11);
}

void Answer::open_stream(const gov_reply& first, std::string& out) {
  // Without chunks only the end of the connection can end the stream.
  if (!frame_->http11) frame_->keep_alive = false;
  append_head(out, *frame_, first.http_status == 0 ? 200 : first.http_status);
  append_stream_head(out);
  append_headers(out, first);
  out += frame_->http11 ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
  state_ = State::kStreaming;
}

void Answer::whole(const gov_reply& reply, std::string& out, bool& body) {
  const bool empty = reply.part_count == 0;
  const unsigned status = reply.http_status != 0 ? reply.http_status : empty ? 202 : 200;
  append_head(out, *frame_, status);
  if (state_ == State::kCollecting) {
    out += headers_;
  } else {
    append_headers(out, reply);
  }
  if (status == 200 && streams_ == Streams::kAlways) {
    append_stream_head(out);
    const Event event(reply);
    append_length(out, {}, empty ? 0 : event.size());
    if (!empty) event.append(out);
  } else if (empty) {
    // 204 and 304 have no body by definition and must not state its length (RFC 9110, 8.6).
    if (status == 204 || status == 304) {
      out += "\r\n";
    } else {
      append_length(out, {}, 0);
    }
  } else {
    const std::uint64_t size = body_size(reply);
    append_length(out, "application/json", size);
    body = size >= kLargeBody;
    if (!body) append_body(out, reply);
  }
}

}  // namespace transport_http
