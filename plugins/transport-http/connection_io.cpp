#include "connection.h"

#include "loop.h"

#include <algorithm>
#include <cerrno>

namespace transport_http {
namespace {

// A client that takes this much within the write timeout is slow, not stuck.
constexpr std::size_t kProgress = 64u << 10u;
// Buffers of answers larger than this are given back.
constexpr std::size_t kKeepOutput = 64u << 10u;
// How long the client gets to read the last answer before its unread data resets the connection.
constexpr std::chrono::milliseconds kLingerTime{2000};
// As clients of plain HTTP expect it.
constexpr std::string_view kPlainHttp =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    "Content-Length: 43\r\n\r\nthis is HTTPS: write https:// in the URL.\r\n";
// What is left of a request when the server drains must come within this.
constexpr std::chrono::milliseconds kDrainGrace{2000};

}  // namespace

void Connection::handshake() {
  const Channel::Step step = channel_.handshake();
  if (step == Channel::Step::kDone) return begin();
  if (step == Channel::Step::kFailed) {
    loop_.count_handshake_failure();
    loop_.host().debug("TLS handshake failed", {{"src", address_}, {"reason", tls_fault()}});
    // The alert has been written; closing at once could take it away before it is read.
    channel_.drop_tls();
    if (channel_.met_plain_http()) out_ = kPlainHttp;
    closing_ = true;
    flush();
    return;
  }
  channel_.wait(step, [self = shared_from_this()](const boost::system::error_code& ec) {
    if (self->closed_) return;
    if (ec) return self->close();
    self->handshake();
  });
}

// What the client says is for HTTP from here on.
void Connection::begin() {
  if (channel_.secure()) {
    tls_peer_ = std::make_shared<const TlsPeer>(peer_of(channel_.ssl()));
    describe(tls_peer_.get(), tls_names_, peer_);
  }
  phase_ = Phase::kHead;
  begin_request();
  arm(loop_.options().header_timeout);
  read_more();
}

void Connection::read_more() {
  if (reading_ || closed_ || input_ended_) return;
  std::span<char> space;
  switch (phase_) {
    case Phase::kHandshake: return;
    case Phase::kHead: space = in_.space(loop_.options().max_header); break;
    case Phase::kBody:
      in_.cut(parsed_, raw_);  // decoded already
      raw_ = 0;
      space = in_.space(chunked_ ? in_.size() + (64u << 10u)
                                 : parsed_ + static_cast<std::size_t>(length_) + 1024);
      break;
    // Nothing may move now: the host's answer still needs the head. A full buffer stops reading.
    case Phase::kAnswer: space = in_.tail(); break;
    case Phase::kLinger:
      in_.consume(in_.size());
      space = in_.space(8192);
      break;
  }
  if (space.empty()) return;
  reading_ = true;
  channel_.read_some(space, [self = shared_from_this()](const boost::system::error_code& ec,
                                                        std::size_t n) { self->on_read(ec, n); });
}

void Connection::on_read(const boost::system::error_code& ec, std::size_t bytes) {
  reading_ = false;
  if (closed_) return;
  if (!ec) {
    in_.commit(bytes);
    if (phase_ == Phase::kLinger) {
      read_more();
    } else if (phase_ == Phase::kAnswer) {
      read_more();  // pipelined requests wait; the read is there to see the client go
    } else if (!writing_) {
      advance();
    }
    return;
  }
  input_ended_ = true;
  // The end of input is taken for the client's end unless it still has an answer to read.
  if (ec != boost::asio::error::eof || phase_ == Phase::kAnswer || !writing_) close();
}

// Writes what the socket takes at once. False: closed, or the rest has to wait.
bool Connection::flush() {
  if (writing_ || closed_) return false;
  while (sent_ < out_.size()) {
    const ssize_t n = channel_.write_some(out_.data() + sent_, out_.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      progress_ += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_writable();
      return false;
    } else if (errno != EINTR) {
      close();
      return false;
    }
  }
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > kKeepOutput) out_ = std::string();
  if (out_.capacity() > loop_.spare().capacity()) out_.swap(loop_.spare());
  write_deadline_ = Clock::time_point::max();
  if (!closing_) return true;
  linger();
  return false;
}

void Connection::wait_writable() {
  writing_ = true;
  if (write_deadline_ == Clock::time_point::max() || progress_ >= kProgress) {
    write_deadline_ = Clock::now() + loop_.options().write_timeout;
    progress_ = 0;
  }
  if (sent_ > kKeepOutput && sent_ > out_.size() / 2) {
    out_.erase(0, sent_);
    sent_ = 0;
  }
  channel_.wait(Channel::Step::kWrite,
                [self = shared_from_this()](const boost::system::error_code& ec) {
                  self->writing_ = false;
                  if (self->closed_) return;
                  if (ec) return self->close();
                  if (self->flush()) self->advance();
                });
}

// Closing a socket with unread input resets the connection, and the reset can overtake the answer.
void Connection::linger() {
  if (phase_ == Phase::kLinger) return;
  phase_ = Phase::kLinger;
  channel_.end_output();
  if (input_ended_) return close();
  arm(kLingerTime);
  read_more();
}

void Connection::sweep(Clock::time_point now) {
  if (closed_) return;
  if (now >= write_deadline_) return close();
  if (now >= deadline_) return expire();
  if (phase_ != Phase::kAnswer) return;
  // With a full read buffer no read is pending that would tell.
  if (!reading_ && channel_.peer_hung_up()) return close();
  if (answer_.streaming() && !writing_ && now >= comment_at_) {
    answer_.keep_alive(out_);
    comment_at_ = now + loop_.options().keepalive_interval;
    flush();
  }
}

void Connection::expire() {
  const bool in_request = phase_ == Phase::kBody || (phase_ == Phase::kHead && head_begun_);
  if (!in_request || writing_ || closing_) return close();
  fail(408, "the request did not arrive in time");
  flush();
}

void Connection::drain() {
  if (closed_) return;
  if (sse_ && !sse_->busy()) return end_session();
  const bool idle = phase_ == Phase::kHead && in_.empty() && !writing_ && !closing_;
  if (idle && !channel_.input_waits()) return close();
  // A request on its way in is waited for, but not for as long as a slow client may otherwise take.
  if (phase_ != Phase::kAnswer) deadline_ = std::min(deadline_, Clock::now() + kDrainGrace);
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  drop_exchange();
  drop_session();
  channel_.close();
  loop_.remove(*this);
}

}  // namespace transport_http
