// What was sent on the event streams of legacy sessions, so that a client that lost one can fetch
// the rest (2025-11-25, basic/transports: resumability).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "mcp/stream.h"

namespace govhost {

class EventStore;

// An event with its id, on its way to one client connection.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // `text` empty: an event without data, for its id only. `last`: nothing follows.
  virtual void event(std::string_view id, std::string_view text, bool last) = 0;
};

// One stream of one session. At most one connection at a time gets its events; without one they are
// kept. Thread-safe.
class EventStream final : public mcp::Stream {
 public:
  EventStream(EventStore& store, std::string id, std::string session)
      : id_(std::move(id)), session_(std::move(session)), store_(store) {}
  ~EventStream() override;

  bool send(std::string_view message) override { return append(message, false); }
  void end(std::string_view last) override { append(last, true); }

  // Gives the sink everything after event `after` and from now on what comes. False: some of it is
  // not kept any more.
  bool attach(std::shared_ptr<EventSink> sink, std::uint64_t after);
  void detach(const EventSink& sink);
  // An event without data that gives the client an id to come back with.
  void prime();

  const std::string& id() const { return id_; }
  const std::string& session() const { return session_; }

 private:
  friend class EventStore;
  struct Event {
    std::uint64_t number = 0;
    std::string text;
    bool last = false;
  };
  bool append(std::string_view text, bool last);
  std::string id_of(std::uint64_t number) const { return id_ + '.' + std::to_string(number); }

  const std::string id_, session_;
  EventStore& store_;
  std::mutex mutex_;
  std::deque<Event> events_;
  std::uint64_t next_ = 1;
  bool ended_ = false;
  std::shared_ptr<EventSink> sink_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<bool> waiting_{true};  // without a sink: may be dropped when room or time is short
  std::atomic<std::chrono::steady_clock::rep> touched_{0};
};

// All of them. Bounded in bytes, number and time: what nobody listens to goes first. Thread-safe.
class EventStore {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20u;
  static constexpr std::size_t kMaxStreams = 4096;
  static constexpr std::chrono::minutes kMaxAge{5};  // without a connection

  std::shared_ptr<EventStream> create(const std::string& session);
  // The stream of this session that the event id names, and the event's number.
  std::pair<std::shared_ptr<EventStream>, std::uint64_t> find(std::string_view session,
                                                              std::string_view event_id);
  std::size_t bytes() const { return bytes_; }

 private:
  friend class EventStream;
  void make_room();

  std::mutex mutex_;
  std::list<std::shared_ptr<EventStream>> streams_;  // oldest first
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace govhost
