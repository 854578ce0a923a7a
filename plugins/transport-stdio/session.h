// Serves the one client at the other end of the standard streams.
#pragma once

#include <gov/transport.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "line_reader.h"
#include "outbox.h"
#include "output.h"

namespace transport_stdio {

struct Options {
  std::size_t max_message = 1u << 20u;
  std::size_t max_in_flight = 64;
};

class Session;

// The context of one message's replies; reused for later messages.
struct Slot {
  Session* session = nullptr;
  gov_exchange* exchange = nullptr;
  bool submitting = false;  // used by the serving thread only
  bool done = false;        // the last reply has been taken
  bool queued = false;      // some reply went through the outbox: later ones must follow it
  bool idle = false;        // not counted in flight; used by the serving thread only
  bool said_idle = false;   // by the reply given last, which may still be in the outbox
};

// Everything but Outbox belongs to the thread inside serve(). Replies that the host gives inside
// submit() go straight into the output buffer, so a run of pipelined messages costs one write.
class Session {
 public:
  Session(const Options& options, const gov_stdio_v1& streams, int cancel_fd,
          const gov::Dispatch& dispatch, std::shared_ptr<Outbox> outbox);

  // Until the client is gone, the call is cancelled, or all is answered after drain().
  gov::Status serve();

 private:
  static constexpr std::uint64_t kConnection = 1;

  static void on_reply(void* ctx, const gov_reply* reply) noexcept;
  bool wait();
  bool fill();
  void work();
  void submit(std::string_view message);
  void collect();
  bool flush();
  bool wait_writable();
  bool room() const { return in_flight_ < options_.max_in_flight; }
  bool finished() const;
  Slot& free_slot();
  static Outbox::Turn turn_of(const gov_reply& reply, Slot& slot);
  void count(Slot& slot, bool idle);
  void recycle(Slot& slot);
  void abandon();

  const Options options_;
  const int input_;
  const int cancel_fd_;
  const gov::Dispatch dispatch_;
  const std::shared_ptr<Outbox> outbox_;
  const std::thread::id thread_ = std::this_thread::get_id();
  Output output_;
  LineReader reader_;
  gov_peer peer_{};
  std::string too_long_;  // what a line over the limit is answered with

  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
  Outbox::Turns turns_;        // scratch
  std::size_t in_flight_ = 0;  // without the idle ones
  std::string out_;
  bool input_ended_ = false;
  bool woken_ = false;   // the outbox woke the thread while it was writing
  bool starved_ = true;  // the reader holds no complete line
};

}  // namespace transport_stdio
