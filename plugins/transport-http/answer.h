// One answer on its way out: from the host's replies to HTTP.
#pragma once

#include "event.h"
#include "response.h"

#include <string>

namespace transport_http {

// What a client takes besides JSON.
enum class Streams {
  kNever,
  kWhereNeeded,  // for more than one message
  kAlways,       // it asked with GET, or prefers them: for one message too
};

// A single reply becomes a body with a length; the first of several opens an event stream. A client
// that takes no stream gets the last reply only, and none of an exchange that becomes idle: it
// would wait for ever. Reused for all requests of a connection, on its loop's thread.
class Answer {
 public:
  // `frame` belongs to the connection and outlives the answer.
  void begin(Frame& frame, Streams streams);
  void add(const gov_reply& reply, std::string& out);
  // The same, but a large body is left to the caller, who must send it after `out`: true.
  bool add_head(const gov_reply& reply, std::string& out);
  void keep_alive(std::string& out) const { append_comment(out, frame_->http11); }

  bool begun() const { return state_ != State::kFresh; }
  bool streaming() const { return state_ == State::kStreaming; }
  bool done() const { return state_ == State::kDone; }
  // Only a stream could answer, and the client takes none: the connection says so.
  bool refused() const { return state_ == State::kRefused; }

 private:
  enum class State { kFresh, kCollecting, kStreaming, kRefused, kDone };

  void open_stream(const gov_reply& first, std::string& out);
  void add_event(const gov_reply& reply, bool last, std::string& out) const;
  void whole(const gov_reply& reply, std::string& out, bool& body);

  Frame* frame_ = nullptr;
  Streams streams_ = Streams::kNever;
  State state_ = State::kDone;
  std::string headers_;  // of the first reply, while collecting
};

}  // namespace transport_http
