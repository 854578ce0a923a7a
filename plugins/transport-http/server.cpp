#include "server.h"

#include "text.h"

#include <boost/asio/post.hpp>

#include <unistd.h>

#include <system_error>

namespace transport_http {
namespace {

using boost::system::error_code;

// Connections over the limit that are told so; the ones after them are closed without a word.
constexpr std::size_t kTurnedAway = 64;
constexpr std::chrono::milliseconds kAcceptRetry{50};
constexpr std::chrono::milliseconds kRenewal{1000};

std::vector<std::unique_ptr<Loop>> make_loops(Shared& shared) {
  std::vector<std::unique_ptr<Loop>> loops;
  for (unsigned i = 0; i < shared.options.threads; ++i)
    loops.push_back(std::make_unique<Loop>(shared));
  return loops;
}

std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint) {
  namespace ip = boost::asio::ip;
  ip::address address = endpoint.address();
  // An IPv4 client of an IPv6 socket is known to operators by its IPv4 address.
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  const std::string port = std::to_string(endpoint.port());
  return address.is_v6() ? "[" + address.to_string() + "]:" + port
                         : address.to_string() + ":" + port;
}

}  // namespace

Server::Server(const Options& options, const Router& router, Tls& tls, gov::Host host,
               const gov::Dispatch& dispatch)
    : shared_{options,
              router,
              host,
              dispatch,
              tls,
              {},
              {},
              {},
              {},
              [this] { boost::asio::post(loops_.front()->context(), [this] { stop(); }); }},
      loops_(make_loops(shared_)),
      acceptor_(loops_.front()->context()),
      retry_(loops_.front()->context()),
      renewal_(loops_.front()->context()),
      cancel_(loops_.front()->context()) {}

gov::Status Server::cannot_listen(const error_code& why) const {
  std::string advice = "check the address in listen";
  if (why == boost::asio::error::address_in_use) {
    advice = "stop the other process or choose another port with listen";
  } else if (why == boost::asio::error::access_denied) {
    advice = "ports below 1024 need a privilege; choose a higher one with listen";
  } else if (why.value() == EADDRNOTAVAIL) {
    advice = "this machine has no such address; choose one of its own with listen";
  }
  std::string reason = why.message();
  if (!reason.empty()) reason[0] = lower(reason[0]);
  return gov::unavailable("cannot listen on " + shared_.options.listen + ": " + reason + "; " +
                          advice);
}

gov::Status Server::listen() {
  error_code ec;
  const tcp::endpoint& at = shared_.options.endpoint;
  acceptor_.open(at.protocol(), ec);
  // A restart must not wait until the old connections are forgotten by the kernel.
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(at, ec);
  if (!ec) acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
  return ec ? cannot_listen(ec) : gov::Status();
}

std::string Server::endpoint() const {
  error_code ec;
  return (shared_.tls.options().enabled() ? "https://" : "http://") +
         text_of(acceptor_.local_endpoint(ec)) + shared_.options.path;
}

gov::Status Server::serve(int cancel_fd) {
  if (cancel_fd >= 0) {
    error_code ec;
    cancel_.assign(dup(cancel_fd), ec);
    if (ec) return gov::unavailable("cannot watch for cancellation: " + ec.message());
    cancel_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const error_code&) { stop(); });
  }
  const gov::Status started = start_threads();
  if (started.ok()) {
    accept();
    watch_certificate();
  } else {
    stop();
  }
  loops_.front()->run();
  for (std::thread& thread : threads_) thread.join();
  return started;
}

gov::Status Server::start_threads() {
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    try {
      threads_.emplace_back([&loop = *loops_[i]] { loop.run(); });
    } catch (const std::system_error& e) {
      return gov::unavailable("cannot start thread " + std::to_string(i + 1) + " of " +
                              std::to_string(loops_.size()) + ": " + e.what() +
                              "; lower threads or raise the limit of processes");
    }
  }
  return {};
}

void Server::accept() {
  if (!acceptor_.is_open() || shared_.draining) return;
  Loop& loop = *loops_[next_loop_++ % loops_.size()];
  acceptor_.async_accept(loop.context(), [this, &loop](const error_code& ec, tcp::socket socket) {
    if (!ec) {
      accepted(loop, std::move(socket));
      return accept();
    }
    if (ec == boost::asio::error::operation_aborted) return;
    // Out of descriptors, most likely: a later try may find one.
    shared_.host.warn("cannot accept a connection: " + ec.message());
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this](const error_code& cancelled) {
      if (!cancelled) accept();
    });
  });
}

// Looking costs two stat(); connections that are open keep what they were made with.
void Server::watch_certificate() {
  if (!shared_.tls.options().enabled()) return;
  renewal_.expires_after(kRenewal);
  renewal_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    shared_.tls.refresh();
    watch_certificate();
  });
}

void Server::accepted(Loop& loop, tcp::socket socket) {
  error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  if (ec) return;  // gone already
  socket.set_option(tcp::no_delay(true), ec);
  const std::size_t before = shared_.connections.load();
  const std::size_t limit = shared_.options.max_connections;
  if (before >= limit + kTurnedAway) return;
  shared_.connections.fetch_add(1);
  Loop::Accepted accepted{
      std::move(socket), shared_.tls.current(), text_of(peer), {}, next_id_++, {}};
  if (before >= limit) {
    accepted.turned_away = "too many connections; try again later";
    shared_.host.warn("a connection was refused: max_connections is reached",
                      {{"max_connections", std::to_string(limit)}});
  } else if (const std::size_t most = shared_.options.max_connections_per_address;
             !shared_.options.proxies.trusts(accepted.address)) {
    accepted.counted_as = shared_.clients.enter(accepted.address, most);
    if (accepted.counted_as.empty()) {
      accepted.turned_away = "too many connections from your address; close some";
      shared_.host.warn(
          "a connection was refused: max_connections_per_address is reached",
          {{"src", accepted.address}, {"max_connections_per_address", std::to_string(most)}});
    }
  }
  loop.adopt(std::move(accepted));
}

void Server::drain() {
  shared_.draining = true;
  boost::asio::post(loops_.front()->context(), [this] {
    accept_waiting();
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
    if (shared_.connections == 0) stop();
  });
  for (const auto& loop : loops_) loop->drain();
}

// Clients that the kernel has connected already would be reset with the listening socket.
void Server::accept_waiting() {
  error_code ec;
  acceptor_.non_blocking(true, ec);
  for (int i = 0; !ec && i < tcp::acceptor::max_listen_connections; ++i) {
    Loop& loop = *loops_[next_loop_++ % loops_.size()];
    tcp::socket socket(loop.context());
    acceptor_.accept(socket, ec);
    if (!ec) accepted(loop, std::move(socket));
  }
}

void Server::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  cancel_.close(ignored);
  retry_.cancel();
  renewal_.cancel();
  for (const auto& loop : loops_) loop->stop();
}

}  // namespace transport_http
