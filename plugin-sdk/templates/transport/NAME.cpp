// One client on the process's standard streams: one JSON text per line, one after the other.
#include <gov/transport.hpp>

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>

namespace {

constexpr std::size_t kLongestLine = 1 << 20;

// Writes the replies to one message. They may come from any thread.
class Replies {
 public:
  explicit Replies(int output) : output_(output) {}

  static void take(void* self, const gov_reply* reply) {
    static_cast<Replies*>(self)->write(*reply);
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

 private:
  void write(const gov_reply& reply) {
    std::string line;
    gov::append_body(reply, line);
    if (!line.empty()) line += '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t n = ::write(output_, rest.data(), rest.size());
      if (n < 0 && errno != EINTR) break;  // the client is gone; run() sees it as the end of input
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    const std::lock_guard lock(mutex_);
    done_ = done_ || gov::is_last(reply) || gov::is_idle(reply);
    changed_.notify_all();
  }

  const int output_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
};

class @Class@ final : public gov::Transport {
 public:
  static gov::Result<std::unique_ptr<@Class@>> create(gov::Host host, const gov::Config&) {
    const auto* const stdio = host.service<gov_stdio_v1>(GOV_SERVICE_STDIO);
    if (!stdio) return gov::unavailable("the host grants no standard streams");
    return std::make_unique<@Class@>(*stdio);
  }
  explicit @Class@(const gov_stdio_v1& stdio) : input_(stdio.input), output_(stdio.output) {}

  gov::Status run(const gov::Call& call, const gov::Dispatch& host,
                  const Listening& listening) override {
    listening("stdio");
    std::string buffer;
    while (!call.cancelled() && !draining_) {
      pollfd ready[] = {{input_, POLLIN, 0}, {call.cancel_fd(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0 && errno != EINTR) return gov::internal("poll failed");
      if ((ready[0].revents & (POLLIN | POLLHUP)) == 0) continue;
      char chunk[4096];
      const ssize_t n = ::read(input_, chunk, sizeof chunk);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      buffer.append(chunk, static_cast<std::size_t>(n));
      for (std::size_t end; (end = buffer.find('\n')) != buffer.npos; buffer.erase(0, end + 1))
        submit(host, std::string_view(buffer).substr(0, end));
      if (buffer.size() > kLongestLine) return gov::resource_exhausted("a line exceeds 1 MiB");
    }
    host.closed(kConnection);
    return {};
  }

  void drain() override { draining_ = true; }

 private:
  static constexpr std::uint64_t kConnection = 1;

  void submit(const gov::Dispatch& host, std::string_view line) const {
    gov_peer peer{};
    peer.struct_size = sizeof peer;
    peer.uid = static_cast<std::uint32_t>(geteuid());
    peer.transport = gov::to_c(std::string_view("stdio"));
    const gov_inbound inbound{
        sizeof inbound, GOV_INBOUND_SESSION, kConnection, gov::to_bytes(line), {"", 0}, {"", 0},
        &peer};
    Replies replies(output_);
    gov_exchange* exchange = nullptr;
    (void)host.submit(inbound, &replies, &Replies::take, &exchange);  // refused: also replied to
    replies.wait();
    if (exchange) host.release(exchange);  // an idle one ends here: this transport keeps none open
  }

  const int input_, output_;
  std::atomic<bool> draining_{false};
};

}  // namespace

GOV_PLUGIN(gov::component<@Class@>({.name = "@name@",
                                        .version = "1.0.0",
                                        .summary = "One client on the standard streams."}));
