// One answer on its way out: from the host's replies to HTTP.
#pragma once

#include "accept.h"
#include "response.h"

#include <string>

namespace transport_http {

// A single reply becomes a body with a length; the first of several opens an event stream. A client
// that takes no stream gets the last reply only. Reused for all requests of a connection, on its
// loop's thread.
class Answer {
 public:
  // `frame` belongs to the connection and outlives the answer.
  void begin(Frame& frame, const Accepts& accepts, bool always_stream);
  void add(const gov_reply& reply, std::string& out);
  void keep_alive(std::string& out) const { append_comment(out, frame_->http11); }

  bool begun() const { return state_ != State::kFresh; }
  bool streaming() const { return state_ == State::kStreaming; }
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kFresh, kCollecting, kStreaming, kDone };

  void open_stream(const gov_reply& first, std::string& out);
  void whole(const gov_reply& reply, std::string& out);

  Frame* frame_ = nullptr;
  Accepts accepts_;
  bool may_stream_ = false;
  State state_ = State::kDone;
  std::string headers_;  // of the first reply, while collecting
};

}  // namespace transport_http
