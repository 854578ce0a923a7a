#include "app/serving.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <nlohmann/json.hpp>

#include "app/build_info.h"
#include "app/exit_codes.h"

namespace govhost::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kInterruptedTwice = 130;

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

DispatchLimits limits_of(const config::Host& host) {
  const std::size_t half = std::max<std::size_t>(host.max_in_flight / 2, 1);
  return {host.request_timeout, host.max_in_flight,
          host.max_in_flight_per_caller > 0 ? host.max_in_flight_per_caller : half,
          host.max_message};
}

}  // namespace

void block_signals() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error of write(2), as a full disk is
}

struct Serving::Lane {
  Lane(Serving& serving, Runtime::TransportSlot& s, std::uint64_t index)
      : slot(s), port(serving.dispatcher_, index), call(Clock::time_point::max(), "transport") {
    thread = std::thread([this, &serving] {
      status = slot.transport->run(call, port.table(), [this, &serving](std::string_view endpoint) {
        serving.runtime_.log().info(
            "transport.listening", {},
            {{"transport", std::string_view(slot.name)}, {"endpoint", endpoint}});
        listening = true;
        serving.wake();
      });
      ended = true;
      serving.wake();
    });
  }

  Runtime::TransportSlot& slot;
  Port port;
  plugin::CallContext call;
  gov::Status status;  // valid once ended
  std::atomic<bool> listening{false}, ended{false};
  std::thread thread;
};

Serving::Serving(Runtime& runtime, Reloader::Load load)
    : runtime_(runtime),
      load_(std::move(load)),
      workers_(runtime.config().host.threads, runtime.config().host.max_in_flight),
      dispatcher_({runtime.server(), runtime.admission(), workers_, runtime.reaper(), runtime.log(),
                   runtime.trail(), runtime.metrics()},
                  limits_of(runtime.config().host)),
      events_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const sigset_t set = watched_signals();
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Serving::~Serving() = default;

void Serving::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(events_.get(), &one, sizeof one);
}

bool Serving::all_ended() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane->ended.load(); });
}

void Serving::note_failures(std::vector<std::string>& problems) const {
  for (const auto& lane : lanes_)
    if (lane->ended && !lane->status.ok()) problems.push_back(lane->status.message());
}

// A signal number, or 0 when something else happened or the time is over.
int Serving::wait_event(std::chrono::milliseconds limit) {
  pollfd ready[2] = {{signals_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}};
  ::poll(ready, 2, static_cast<int>(limit.count()));
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t woken = ::read(events_.get(), &count, sizeof count);
  signalfd_siginfo info{};
  if (::read(signals_.get(), &info, sizeof info) != sizeof info) return 0;
  return static_cast<int>(info.ssi_signo);
}

bool Serving::open_listeners(std::vector<std::string>& problems) {
  const config::Ops& ops = runtime_.config().ops;
  if (ops.enabled) {
    console_ = std::make_unique<ConsolePages>(ConsolePages::Asked{
        [this] { return runtime_.console_parts(); }, [this] { return steering_->metrics(); },
        [this] { return steering_->health(); }, [this] { return dispatcher_.in_flight(); }, life_});
    auto opened = ops::Listener::open(
        {ops.listen, runtime_.metrics_token()}, life_,
        {[this] { return steering_->metrics(); }, [this] { return steering_->health(); },
         [this](std::string_view target) { return console_->answer(target); }});
    if (!opened) {
      problems.push_back(opened.status().message());
      return false;
    }
    listener_ = std::move(*opened);
    runtime_.log().info("ops.listening", {},
                        {{"endpoint", std::string_view(listener_->endpoint())}});
  }
  if (ops.control.empty()) return true;
  std::error_code error;  // open() says what is wrong with the folder
  const auto folder = std::filesystem::path(ops.control).parent_path();
  if (std::filesystem::create_directories(folder, error))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  auto control = ops::Control::open(
      ops.control, [this](const auto& request) { return steering_->answer(request); },
      runtime_.log());
  if (control) {
    control_ = std::move(*control);
    runtime_.log().info("control.listening", {}, {{"socket", std::string_view(ops.control)}});
    return true;
  }
  // Clients can be served without; a folder that may not be written is no reason to serve nobody.
  runtime_.log().error("control.unavailable", control.status().message());
  return true;
}

int Serving::run(std::vector<std::string>& problems) {
  reloader_ = std::make_unique<Reloader>(runtime_, load_);
  steering_ = std::make_unique<Steering>(
      Steering::Parts{runtime_, *reloader_, life_, [this] { return dispatcher_.in_flight(); }});
  if (!open_listeners(problems)) return kBadConfig;
  std::uint64_t index = 0;
  for (Runtime::TransportSlot& slot : runtime_.transports())
    lanes_.push_back(std::make_unique<Lane>(*this, slot, ++index));
  const bool started = wait_listening(problems);
  if (started) {
    life_.advance(ops::Stage::kReady);
    manager_.tell("READY=1\nSTATUS=serving");
    record("start");
    runtime_.log().info("serve.ready", {});
    while (!stopping_ && !all_ended()) heed(wait_event(std::chrono::milliseconds(-1)));
  }
  drain();
  record("stop");
  note_failures(problems);
  lanes_.clear();
  return problems.empty() ? kOk : kBadConfig;
}

void Serving::record(std::string_view action) {
  if (runtime_.trail() == nullptr) return;
  const auto generation = runtime_.server().generation();
  runtime_.trail()->append({.action = action,
                            .target = kVersion,
                            .outcome = "ok",
                            .snapshot = generation->snapshot().digest()});
}

bool Serving::wait_listening(std::vector<std::string>& problems) {
  const auto deadline = Clock::now() + runtime_.config().host.start_timeout;
  for (;;) {
    const bool failed = std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
      return lane->ended && !lane->status.ok();
    });
    if (failed) return false;  // drain() and note_failures() tell which
    if (std::all_of(lanes_.begin(), lanes_.end(),
                    [](const auto& l) { return l->listening || l->ended; }))
      return true;
    if (Clock::now() >= deadline) {
      problems.push_back("a transport did not start to listen within host.start_timeout");
      return false;
    }
    heed(wait_event(std::chrono::milliseconds(100)));
    if (stopping_) return true;
  }
}

void Serving::heed(int signal) {
  if (signal == SIGHUP) reloader_->request("SIGHUP");
  if (signal != SIGTERM && signal != SIGINT) return;
  if (stopping_) ::_exit(kInterruptedTwice);
  stopping_ = true;
  runtime_.log().info(
      "shutdown.begin", {},
      {{"signal", signal == SIGTERM ? std::string_view("SIGTERM") : std::string_view("SIGINT")}});
}

// Transports stop taking clients, what is in flight is answered, then everything ends. A second
// signal, or a plugin that does not come back, ends the process without destroying what a plugin's
// thread may still use.
void Serving::drain() {
  life_.advance(ops::Stage::kDraining);
  manager_.tell("STOPPING=1\nSTATUS=draining");
  // Load balancers see the probe before clients are turned away.
  const auto served_until = Clock::now() + runtime_.config().host.drain_delay;
  while (stopping_ && !all_ended() && Clock::now() < served_until)
    heed(wait_event(std::chrono::ceil<std::chrono::milliseconds>(served_until - Clock::now())));
  const auto deadline = Clock::now() + runtime_.config().host.drain_timeout;
  dispatcher_.end_streams();
  for (const auto& lane : lanes_) lane->slot.transport->drain();
  while (!all_ended() && Clock::now() < deadline) heed(wait_event(std::chrono::milliseconds(50)));
  dispatcher_.drain();
  runtime_.stop_content();  // whoever waits for it over the control socket is answered
  for (const auto& lane : lanes_) lane->call.cancel();
  const auto grace = Clock::now() + std::chrono::seconds(2);
  while (!all_ended() && Clock::now() < grace) heed(wait_event(std::chrono::milliseconds(50)));

  const auto left =
      std::max(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()),
               std::chrono::milliseconds(100));
  const bool stuck = !all_ended() || !workers_.stop(left);
  if (stuck) {
    runtime_.log().error("shutdown.stuck", "a plugin did not return; ending without it");
    runtime_.log().out().flush(std::chrono::seconds(1));
    ::_exit(kToolError);
  }
  for (const auto& lane : lanes_) lane->thread.join();
  reloader_->stop();
  control_.reset();
  listener_.reset();
  runtime_.log().info("shutdown.complete", {});
}

}  // namespace govhost::app
