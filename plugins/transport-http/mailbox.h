// Replies that other threads leave for the connections of one loop.
#pragma once

#include <gov/abi/transport.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace transport_http {

// A deep copy of a gov_reply; what it points to moves along.
class OwnedReply {
 public:
  explicit OwnedReply(const gov_reply& reply);
  const gov_reply& get();

 private:
  gov_reply raw_{};
  gov_bytes part_{};
  std::vector<gov_pair> headers_;
  std::unique_ptr<char[]> text_;
};

// The bytes of letters to one connection that have not been taken yet.
class Backlog {
 public:
  explicit Backlog(std::size_t limit) : limit_(limit) {}

  void add(const gov_reply& reply);  // [any]
  void remove(const gov_reply& reply);
  // More than the limit was waiting at some time.
  bool overflown() const { return overflown_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<bool> overflown_{false};
};

// put() from any thread, take() on the loop's. A connection is named, not pointed to, because it
// may have ended meanwhile.
class Mailbox {
 public:
  struct Letter {
    std::uint64_t connection;
    std::uint64_t ticket;  // which of a stream's exchanges; 0: the one of the request
    OwnedReply reply;
  };

  // `wake` schedules take() on the loop; it is called under the lock, so that the loop cannot end
  // between a letter and its wake-up.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(std::uint64_t connection, std::uint64_t ticket, const gov_reply& reply);
  void take(std::vector<Letter>& letters);

 private:
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<Letter> letters_;
};

}  // namespace transport_http
