// An event loop: one thread and the connections it serves.
#pragma once

#include "connection.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ctime>
#include <functional>
#include <thread>
#include <unordered_map>

namespace transport_http {

// What all loops of a server have in common.
struct Shared {
  const Options& options;
  const Router& router;
  const gov::Host host;
  const gov::Dispatch dispatch;
  Tls& tls;
  std::atomic<std::size_t> connections{0};
  ClientCounts clients;
  std::atomic<bool> draining{false};
  SseRegistry streams;
  const std::function<void()> drained;  // [any loop] the last connection ended while draining
};

// adopt(), visit(), drain() and stop() may be called from any thread; all else happens inside
// run().
class Loop {
 public:
  explicit Loop(Shared& shared);
  Loop(const Loop&) = delete;

  // Serves until stop() was called and everything is closed.
  void run();
  struct Accepted {
    boost::asio::ip::tcp::socket socket;
    std::shared_ptr<SSL_CTX> tls;
    std::string address;
    std::string counted_as;  // in Shared::clients; empty: it is not
    std::uint64_t id = 0;
    std::string_view turned_away = {};  // why, a constant; empty: it is not
  };
  void adopt(Accepted accepted);
  void drain();
  void stop();
  // Calls `f` inside run() with the connection, or with null when it has ended.
  template <class F>
  void visit(std::uint64_t connection, F f) {
    boost::asio::post(context_, [this, connection, f = std::move(f)]() mutable {
      const auto found = connections_.find(connection);
      const std::shared_ptr<Connection> alive =
          found == connections_.end() ? nullptr : found->second;
      f(alive.get());
    });
  }
  boost::asio::io_context& context() { return context_; }

  // For connections.
  const Options& options() const { return shared_.options; }
  const Router& router() const { return shared_.router; }
  const gov::Dispatch& dispatch() const { return shared_.dispatch; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  bool draining() const { return shared_.draining.load(std::memory_order_relaxed); }
  bool here() const { return std::this_thread::get_id() == thread_; }
  SseRegistry& streams() const { return shared_.streams; }
  std::string_view date();
  // A buffer that idle connections lend each other: the one that wrote last is still in the cache,
  // and a connection that waits holds none.
  std::string& spare() { return spare_; }
  void remove(Connection& connection);
  void count_refusal(unsigned status);
  void count_handshake_failure();
  const gov::Host& host() const { return shared_.host; }

 private:
  void deliver();
  void drain(const std::shared_ptr<Connection>& connection);
  void sweep();
  void schedule_sweep();
  std::vector<std::shared_ptr<Connection>> all() const;

  Shared& shared_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  const std::chrono::milliseconds sweep_interval_;
  bool sweeping_ = false;
  std::thread::id thread_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::shared_ptr<Mailbox> mailbox_;
  std::vector<Mailbox::Letter> letters_;
  std::time_t date_of_ = 0;
  std::string date_;
  std::string spare_;
};

}  // namespace transport_http
