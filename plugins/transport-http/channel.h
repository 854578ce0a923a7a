// A client's socket, in the clear or under TLS.
#pragma once

#include "tls.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <openssl/ssl.h>

#include <sys/types.h>
#include <sys/uio.h>

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace transport_http {

// Lives on its loop's thread. Handlers are called from the loop, never from inside the call that
// takes them.
class Channel {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using OnRead = std::function<void(const boost::system::error_code&, std::size_t)>;
  using OnWait = std::function<void(const boost::system::error_code&)>;

  // `context` null: in the clear.
  Channel(Socket socket, std::shared_ptr<SSL_CTX> context);

  bool secure() const { return ssl_ != nullptr; }
  // What the handshake needs next.
  enum class Step { kDone, kRead, kWrite, kFailed };
  Step handshake();
  // Of a failed handshake: the client spoke HTTP without TLS.
  bool met_plain_http() const { return met_plain_http_; }
  void wait(Step step, OnWait handler);

  void read_some(std::span<char> space, OnRead handler);
  // As send(2): the bytes that were taken; -1 with errno, EAGAIN: none now.
  ssize_t write_some(const char* data, std::size_t size);
  // As sendmsg(2), in the clear only.
  ssize_t write_some(std::span<const iovec> pieces);
  // After a failed handshake: in the clear from here on.
  void drop_tls() { ssl_.reset(); }

  // No more will be written.
  void end_output();
  void close();
  bool input_waits();   // bytes that have not been read
  bool peer_hung_up();  // seen without reading

  const SSL* ssl() const { return ssl_.get(); }  // null: in the clear

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void read_secure(std::span<char> space, OnRead handler);

  Socket socket_;
  const std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool met_plain_http_ = false;
};

}  // namespace transport_http
