#include "connection.h"

#include "loop.h"

namespace transport_http {
namespace {

// Answers of pipelined requests gathered before they are written.
constexpr std::size_t kEnoughOutput = 256u << 10u;
// A decoded body larger than this does not keep its memory.
constexpr std::size_t kKeepBody = 64u << 10u;
// Of a chunk's size line or the trailers.
constexpr std::size_t kMaxChunkLine = 4096;

}  // namespace

Connection::Connection(Loop& loop, Channel channel, std::string address, std::string counted_as,
                       std::uint64_t id)
    : loop_(loop),
      channel_(std::move(channel)),
      address_(std::move(address)),
      counted_as_(std::move(counted_as)),
      proxied_(loop.options().proxies.trusts(address_)),
      id_(id),
      backlog_(loop.options().max_buffered) {
  peer_.struct_size = sizeof peer_;
  peer_.uid = GOV_NO_UID;
  peer_.transport = gov::to_c("http");
  peer_.address = gov::to_c(address_);
  peer_.tls_subject = gov::to_c("");
}

void Connection::start() {
  if (!channel_.secure()) return begin();
  phase_ = Phase::kHandshake;
  arm(loop_.options().tls.handshake_timeout);
  handshake();
}

void Connection::turn_away(std::string_view why) {
  if (channel_.secure()) return close();  // a handshake is what there is too much of
  fail(503, why);
  flush();
}

// Does all that can be done with the bytes at hand, then writes once, then reads.
void Connection::advance() {
  while (!closing_) {
    const bool moved = step();
    if (moved && out_.size() < kEnoughOutput) continue;
    if (!flush()) break;
    if (!moved) break;
  }
  if (!closed_ && closing_) flush();
  if (!closed_ && input_ended_ && !writing_) return close();
  // While a slow client has answers to take, no further request of it is read; the end of the
  // connection is watched for all the same as long as the host works for it.
  if (!closed_ && (!writing_ || phase_ == Phase::kAnswer)) read_more();
}

// One step of the current request; false when it needs more bytes or an answer.
bool Connection::step() {
  switch (phase_) {
    case Phase::kHandshake: return false;
    case Phase::kHead: return step_head();
    case Phase::kBody: return step_body();
    case Phase::kAnswer:
    case Phase::kLinger: return false;
  }
  return false;
}

void Connection::begin_request() {
  parser_.reset();
  parsed_ = 0;
  raw_ = 0;
  head_begun_ = false;
}

void Connection::start_parser() {
  const Options& o = loop_.options();
  head_.clear();
  parser_.emplace(head_, chunks_, static_cast<std::uint32_t>(o.max_header), o.max_headers,
                  o.max_body);
  last_head_.watch(in_.data(), in_.size());
}

bool Connection::step_head() {
  if (parsed_ == 0) {
    // Some clients end a body with one line break too many (RFC 9112, 2.2).
    while (in_.size() >= 2 && in_.data()[0] == '\r' && in_.data()[1] == '\n') in_.consume(2);
  }
  if (in_.empty()) return false;
  if (!parser_) {
    if (last_head_.repeats(in_.data(), in_.size())) {
      parsed_ = last_head_.size();
      return act();
    }
    start_parser();
  }
  boost::beast::error_code ec;
  char* const base = in_.data();
  parsed_ += parser_->feed(base, base + parsed_, in_.size() - parsed_, ec);
  const bool complete = !ec && parser_->is_header_done();
  if (ec && ec != http::error::need_more) return bad_syntax(ec);
  if (parsed_ > loop_.options().max_header ||
      (!complete && in_.size() >= loop_.options().max_header))
    return bad_syntax(http::error::header_limit);
  if (complete) return route();
  if (!head_begun_) {
    head_begun_ = true;
    arm(loop_.options().header_timeout);
  }
  return false;
}

bool Connection::bad_syntax(const boost::beast::error_code& ec) {
  if (ec == http::error::header_limit) {
    return fail(431, "the request head is larger than " +
                         std::to_string(loop_.options().max_header) + " bytes or has more than " +
                         std::to_string(loop_.options().max_headers) + " headers");
  }
  if (ec == http::error::body_limit) {
    return fail(413, "the body is larger than the limit of " +
                         std::to_string(loop_.options().max_body) + " bytes");
  }
  return fail(400, "this is not a valid HTTP request: " + ec.message());
}

// The head is complete: what it asks for.
bool Connection::route() {
  chunked_ = parser_->chunked();
  length_ = parser_->content_length().value_or(0);
  keeps_alive_ = parser_->keep_alive();
  verdict_ = loop_.router().judge(head_, in_.data(), length_);
  // Only such a request leaves nothing behind that the next one would have to repeat: no parser in
  // the middle of chunks, no verdict that was changed or moved from.
  if (!chunked_ && verdict_.kind == Verdict::Kind::kSubmit) last_head_.keep(in_.data(), parsed_);
  return act();
}

// Decides before anything of the body is read.
bool Connection::act() {
  frame_.http11 = head_.http11();
  frame_.keep_alive = keeps_alive_ && !loop_.draining();
  frame_.without_body = head_.method() == http::verb::head;
  frame_.date = loop_.date();
  if (verdict_.cors) {
    frame_.origin = head_.value(in_.data(), Known::kOrigin);
  } else {
    frame_.origin.clear();
  }

  if (verdict_.kind == Verdict::Kind::kMessage) find_stream();

  const bool all_here = !chunked_ && in_.size() - parsed_ >= length_;
  const bool refused = verdict_.kind == Verdict::Kind::kRefuse;
  if (refused || verdict_.kind == Verdict::Kind::kPreflight) {
    // A body that has not come yet would have to be read to find the next request.
    if (!all_here) frame_.keep_alive = false;
    if (refused) {
      append_error(out_, frame_, verdict_.status, verdict_.message,
                   verdict_.status == 405 ? verdict_.allow : std::string_view());
      loop_.count_refusal(verdict_.status);
    } else {
      append_preflight(out_, frame_, verdict_.allow,
                       head_.value(in_.data(), Known::kRequestHeaders));
    }
    finish_request();
    return true;
  }
  phase_ = Phase::kBody;
  if (!all_here) {
    arm(loop_.options().body_timeout);
    if (head_.count(Known::kExpect) > 0 && frame_.http11 && in_.size() == parsed_)
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return true;
}

// A fault that leaves no way to tell where the next request begins: the connection ends.
bool Connection::fail(unsigned status, std::string_view message) {
  if (phase_ == Phase::kHead) {  // the frame is still the last request's
    frame_ = Frame{};
    frame_.date = loop_.date();
  }
  frame_.keep_alive = false;
  append_error(out_, frame_, status, message);
  loop_.count_refusal(status);
  finish_request();
  return true;
}

bool Connection::step_body() {
  if (chunked_) return read_chunks();
  return in_.size() - parsed_ >= length_ && serve();
}

bool Connection::read_chunks() {
  while (!parser_->is_done()) {
    boost::beast::error_code ec;
    const std::size_t at = parsed_ + raw_;
    const std::size_t held = in_.size() - at;
    if (held == 0) return false;
    raw_ += parser_->feed(in_.data(), in_.data() + at, held, ec);
    if (ec == http::error::need_more)
      return held > kMaxChunkLine && bad_syntax(http::error::bad_chunk);
    if (ec) return bad_syntax(ec);
  }
  return serve();
}

std::string_view Connection::body() const {
  if (chunked_) return chunks_;
  return {in_.data() + parsed_, static_cast<std::size_t>(length_)};
}

bool Connection::serve() {
  switch (verdict_.kind) {
    case Verdict::Kind::kOpenStream: return open_stream();
    case Verdict::Kind::kMessage: return post_to_stream();
    default: return submit();
  }
}

void Connection::finish_request() {
  phase_ = Phase::kHead;
  if (!frame_.keep_alive || loop_.draining()) {
    closing_ = true;
    return;
  }
  in_.consume(parsed_ + (chunked_ ? raw_ : static_cast<std::size_t>(length_)));
  if (chunks_.capacity() > kKeepBody) {
    chunks_ = std::string();
  } else {
    chunks_.clear();
  }
  begin_request();
  arm(loop_.options().idle_timeout);
}

}  // namespace transport_http
