// A call of one's own: for what a plugin does on a thread that it made itself, and for tests.
#pragma once

#include <gov/abi/base.h>
#include <gov/status.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace gov {

// What a host service asks for as its call. cancel() may come from any thread; the text of `id`
// must outlive the call.
class OwnCall {
 public:
  explicit OwnCall(std::chrono::nanoseconds timeout, std::string_view id = "background")
      : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    const auto deadline = std::chrono::steady_clock::now().time_since_epoch() + timeout;
    static_cast<gov_call&>(raw_) = {sizeof(gov_call),
                                    0,
                                    std::chrono::nanoseconds(deadline).count(),
                                    to_c(id),
                                    {"", 0},
                                    {"", 0},
                                    [](const gov_call* c) { return self(c).cancelled_.load(); },
                                    [](const gov_call* c) { return self(c).event_; }};
    raw_.owner = this;
  }
  OwnCall(const OwnCall&) = delete;
  OwnCall& operator=(const OwnCall&) = delete;
  ~OwnCall() { ::close(event_); }

  void cancel() {
    cancelled_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(event_, &one, sizeof one);
  }
  // Whether the callee is to answer from memory; see GOV_CALL_AT_ONCE.
  void set_at_once() { raw_.flags |= GOV_CALL_AT_ONCE; }
  const gov_call* raw() const { return &raw_; }

 private:
  struct Owned : gov_call {
    OwnCall* owner = nullptr;
  };
  static const OwnCall& self(const gov_call* call) {
    return *static_cast<const Owned*>(call)->owner;
  }

  Owned raw_{};
  int event_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace gov
