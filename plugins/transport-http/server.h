// The listening socket and its event loops.
#pragma once

#include "loop.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <thread>
#include <vector>

namespace transport_http {

// listen(), then serve() on one thread; drain() from any. The thread inside serve() runs the first
// loop and accepts; new connections go to the loops in turn.
class Server {
 public:
  Server(const Options& options, const Router& router, Tls& tls, gov::Host host,
         const gov::Dispatch& dispatch);
  Server(const Server&) = delete;

  gov::Status listen();
  // "http://127.0.0.1:8080/mcp", with the port that was really taken.
  std::string endpoint() const;
  // Until `cancel_fd` is readable; everything is closed then.
  gov::Status serve(int cancel_fd);
  void drain();

 private:
  using tcp = boost::asio::ip::tcp;

  gov::Status cannot_listen(const boost::system::error_code& why) const;
  gov::Status start_threads();
  void accept();
  void watch_certificate();
  void accept_waiting();
  void accepted(Loop& loop, tcp::socket socket);
  void stop();

  Shared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer renewal_;  // of the certificate
  boost::asio::posix::stream_descriptor cancel_;
  std::vector<std::thread> threads_;
  std::size_t next_loop_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace transport_http
