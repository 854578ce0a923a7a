#include "answer.h"

namespace transport_http {

void Answer::begin(Frame& frame, const Accepts& accepts, bool always_stream) {
  frame_ = &frame;
  accepts_ = accepts;
  may_stream_ = always_stream || accepts.stream();
  state_ = State::kFresh;
  headers_.clear();
}

void Answer::add(const gov_reply& reply, std::string& out) {
  const bool last = (reply.flags & GOV_REPLY_LAST) != 0;
  if (state_ == State::kFresh && !last) {
    if (may_stream_) {
      open_stream(reply, out);
    } else {
      append_headers(headers_, reply);
      state_ = State::kCollecting;
    }
  }
  if (state_ == State::kStreaming) {
    if (reply.part_count > 0) append_event_chunk(out, frame_->http11, reply);
    if (last) append_stream_end(out, frame_->http11);
  } else if (last) {
    whole(reply, out);
  }
  if (last) state_ = State::kDone;
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

void Answer::whole(const gov_reply& reply, std::string& out) {
  const bool empty = reply.part_count == 0;
  const unsigned status = reply.http_status != 0 ? reply.http_status : empty ? 202 : 200;
  append_head(out, *frame_, status);
  if (state_ == State::kCollecting) {
    out += headers_;
  } else {
    append_headers(out, reply);
  }
  if (empty) {
    // 204 and 304 have no body by definition and must not state its length (RFC 9110, 8.6).
    if (status == 204 || status == 304) {
      out += "\r\n";
    } else {
      append_length(out, {}, 0);
    }
  } else if (status == 200 && !accepts_.json() && may_stream_) {
    append_stream_head(out);
    append_length(out, {}, event_size(reply));
    append_event(out, reply);
  } else {
    append_length(out, "application/json", body_size(reply));
    append_body(out, reply);
  }
}

}  // namespace transport_http
