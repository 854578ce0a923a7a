#include "session.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace transport_stdio {
namespace {

// Answers gathered before they are written even though more messages are waiting.
constexpr std::size_t kEnoughOutput = 256u << 10u;
// A buffer that grew beyond this for one huge answer is given back.
constexpr std::size_t kKeepOutput = 4u << 20u;

}  // namespace

Session::Session(const Options& options, const gov_stdio_v1& streams, int cancel_fd,
                 const gov::Dispatch& dispatch, std::shared_ptr<Outbox> outbox)
    : options_(options),
      input_(streams.input),
      cancel_fd_(cancel_fd),
      dispatch_(dispatch),
      outbox_(std::move(outbox)),
      output_(streams.output),
      reader_(options.max_message) {
  peer_.struct_size = sizeof peer_;
  peer_.uid = getuid();
  peer_.transport = gov::to_c("stdio");
  peer_.address = gov::to_c("");
  peer_.tls_subject = gov::to_c("");
  too_long_ =
      R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"a message is longer than the limit of )" +
      std::to_string(options.max_message) + " bytes\"}}\n";
}

gov::Status Session::serve() {
  bool complete = false;
  for (;;) {
    work();
    collect();
    if (!flush()) break;
    complete = finished();
    if (complete) break;
    // What has been read already goes before new input; only a free slot was missing.
    if (!starved_ && room() && !outbox_->draining()) continue;
    if (!wait()) break;
  }
  abandon();
  if (complete) {
    // Idle exchanges may have been given something since: the host's last word on them, perhaps.
    collect();
    flush();
  }
  dispatch_.closed(kConnection);
  if (!outbox_->overflown()) return {};
  return gov::resource_exhausted(
      "the client on standard input sends messages but does not read the answers; it was "
      "disconnected");
}

bool Session::finished() const {
  if (in_flight_ > 0) return false;
  return outbox_->draining() || (input_ended_ && starved_);
}

// Waits for input, a reply or the end. False: nothing more is to be done.
bool Session::wait() {
  if (std::exchange(woken_, false)) return true;
  const bool listen = !input_ended_ && starved_ && room() && !outbox_->draining();
  // An output that is not waited for still reports POLLERR when its reader has gone.
  pollfd fds[] = {{cancel_fd_, POLLIN, 0},
                  {outbox_->wake_fd(), POLLIN, 0},
                  {output_.fd(), 0, 0},
                  {listen ? input_ : -1, POLLIN, 0}};
  if (poll(fds, 4, -1) < 0) return errno == EINTR;
  if (fds[0].revents != 0) return false;
  if (fds[1].revents != 0) outbox_->wakeup_seen();
  if ((fds[2].revents & (POLLERR | POLLNVAL)) != 0) return false;
  return fds[3].revents == 0 || fill();
}

bool Session::fill() {
  const std::span<char> space = reader_.space();
  const ssize_t n = read(input_, space.data(), space.size());
  if (n > 0) {
    reader_.commit(static_cast<std::size_t>(n));
  } else if (n == 0) {
    input_ended_ = true;
    reader_.end();
  } else if (errno != EAGAIN && errno != EINTR) {
    input_ended_ = true;  // a hung-up terminal gives EIO: the same as the end
    reader_.end();
  }
  starved_ = false;
  return true;
}

// Submits what has been read, as far as slots and the output buffer allow.
void Session::work() {
  std::string_view line;
  while (!starved_ && room() && out_.size() < kEnoughOutput && !outbox_->draining()) {
    switch (reader_.next(line)) {
      case LineReader::Next::kLine: submit(line); break;
      case LineReader::Next::kTooLong: out_ += too_long_; break;
      case LineReader::Next::kNeedMore: starved_ = true; break;
    }
  }
}

void Session::submit(std::string_view message) {
  Slot& slot = free_slot();
  gov_inbound inbound{};
  inbound.struct_size = sizeof inbound;
  inbound.flags = GOV_INBOUND_SESSION;
  inbound.connection = kConnection;
  inbound.body = gov::to_bytes(message);
  inbound.method = gov::to_c("");
  inbound.target = gov::to_c("");
  inbound.peer = &peer_;
  ++in_flight_;
  slot.submitting = true;
  gov_exchange* exchange = nullptr;
  dispatch_.submit(inbound, &slot, &Session::on_reply, &exchange);
  slot.submitting = false;
  slot.exchange = exchange;
  // Without an exchange nothing more comes, whatever the host has or has not said.
  if (slot.done || (!exchange && !slot.queued)) recycle(slot);
}

void Session::on_reply(void* ctx, const gov_reply* reply) noexcept {
  Slot& slot = *static_cast<Slot*>(ctx);
  Session& self = *slot.session;
  const Outbox::Turn turn = turn_of(*reply, slot);
  if (std::this_thread::get_id() == self.thread_ && slot.submitting && !slot.queued) {
    append_line(*reply, self.out_);
    slot.done = turn == Outbox::Turn::kFinished;
    if (!slot.done) self.count(slot, slot.said_idle);
    return;
  }
  slot.queued = true;
  // Kept alive here: the session may end as soon as the last reply is in.
  const std::shared_ptr<Outbox> outbox = self.outbox_;
  outbox->put(*reply, slot, turn);
}

// Replies of one exchange never overlap, so what they say needs no lock.
Outbox::Turn Session::turn_of(const gov_reply& reply, Slot& slot) {
  if (gov::is_last(reply)) return Outbox::Turn::kFinished;
  const bool idle = gov::is_idle(reply);
  if (std::exchange(slot.said_idle, idle) == idle) return Outbox::Turn::kNone;
  return idle ? Outbox::Turn::kIdle : Outbox::Turn::kBusy;
}

void Session::collect() {
  outbox_->take(out_, turns_);
  for (const auto& [slot, turn] : turns_) {
    if (turn == Outbox::Turn::kFinished) {
      recycle(*slot);
    } else {
      count(*slot, turn == Outbox::Turn::kIdle);
    }
  }
  turns_.clear();
}

// Writes everything. False: the client is gone, does not read, or the call is cancelled.
bool Session::flush() {
  std::size_t at = 0;
  while (at < out_.size()) {
    std::size_t written = 0;
    switch (output_.write(std::string_view(out_).substr(at), written)) {
      case Output::Outcome::kWritten: at += written; break;
      case Output::Outcome::kGone: return false;
      case Output::Outcome::kWouldBlock:
        if (!wait_writable()) return false;
        break;
    }
  }
  out_.clear();
  if (out_.capacity() > kKeepOutput) out_.shrink_to_fit();
  return true;
}

bool Session::wait_writable() {
  pollfd fds[] = {
      {cancel_fd_, POLLIN, 0}, {outbox_->wake_fd(), POLLIN, 0}, {output_.fd(), POLLOUT, 0}};
  if (poll(fds, 3, -1) < 0) return errno == EINTR;
  // Taken back so that poll() does not spin, but remembered: what woke us still waits in the
  // outbox.
  if (fds[1].revents != 0) {
    outbox_->wakeup_seen();
    woken_ = true;
  }
  return fds[0].revents == 0 && !outbox_->overflown();
}

Slot& Session::free_slot() {
  if (free_.empty()) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->session = this;
    return *slots_.back();
  }
  Slot& slot = *free_.back();
  free_.pop_back();
  return slot;
}

void Session::count(Slot& slot, bool idle) {
  if (slot.idle == idle) return;
  slot.idle = idle;
  idle ? --in_flight_ : ++in_flight_;
}

void Session::recycle(Slot& slot) {
  if (slot.exchange) dispatch_.release(slot.exchange);
  count(slot, true);
  slot = Slot{this};
  free_.push_back(&slot);
}

// Lets go of what is unfinished; none of it can be delivered any more.
void Session::abandon() {
  for (const auto& slot : slots_) {
    if (!slot->exchange) continue;
    dispatch_.cancel(slot->exchange);
    dispatch_.release(slot->exchange);
    slot->exchange = nullptr;
  }
}

}  // namespace transport_stdio
