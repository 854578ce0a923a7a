#include "channel.h"

#include <openssl/err.h>

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace transport_http {

using boost::system::error_code;

Channel::Channel(Socket socket, std::shared_ptr<SSL_CTX> context)
    : socket_(std::move(socket)), context_(std::move(context)) {
  if (!context_) return;
  error_code ignored;
  socket_.non_blocking(true, ignored);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), socket_.native_handle());
  SSL_set_accept_state(ssl_.get());
}

Channel::Step Channel::handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) return Step::kDone;
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ: return Step::kRead;
    case SSL_ERROR_WANT_WRITE: return Step::kWrite;
    default:
      met_plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
      return Step::kFailed;
  }
}

void Channel::wait(Step step, OnWait handler) {
  socket_.async_wait(step == Step::kWrite ? Socket::wait_write : Socket::wait_read,
                     std::move(handler));
}

void Channel::read_some(std::span<char> space, OnRead handler) {
  if (ssl_) return read_secure(space, std::move(handler));
  socket_.async_read_some(boost::asio::buffer(space.data(), space.size()), std::move(handler));
}

void Channel::read_secure(std::span<char> space, OnRead handler) {
  ERR_clear_error();
  std::size_t got = 0;
  const int read = SSL_read_ex(ssl_.get(), space.data(), space.size(), &got);
  const int why = read == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), read);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
    const Step step = why == SSL_ERROR_WANT_READ ? Step::kRead : Step::kWrite;
    return wait(step, [this, space, handler = std::move(handler)](const error_code& ec) mutable {
      if (ec) return handler(ec, 0);
      read_secure(space, std::move(handler));
    });
  }
  error_code ec;
  if (why == SSL_ERROR_ZERO_RETURN) ec = boost::asio::error::eof;
  if (why != SSL_ERROR_NONE && !ec) ec = boost::asio::error::connection_reset;
  boost::asio::post(socket_.get_executor(),
                    [ec, got, handler = std::move(handler)] { handler(ec, got); });
}

ssize_t Channel::write_some(const char* data, std::size_t size) {
  if (!ssl_) return ::send(socket_.native_handle(), data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  ERR_clear_error();
  std::size_t taken = 0;
  const int wrote = SSL_write_ex(ssl_.get(), data, size, &taken);
  if (wrote == 1) return static_cast<ssize_t>(taken);
  errno = SSL_get_error(ssl_.get(), wrote) == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
  return -1;
}

ssize_t Channel::write_some(std::span<const iovec> pieces) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Channel::end_output() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // close_notify; its answer is not waited for
    ERR_clear_error();
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::close() {
  error_code ignored;
  socket_.close(ignored);
}

bool Channel::input_waits() {
  if (ssl_ && SSL_has_pending(ssl_.get()) == 1) return true;
  char byte = 0;
  return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool Channel::peer_hung_up() {
  pollfd socket{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&socket, 1, 0) > 0;
}

}  // namespace transport_http
