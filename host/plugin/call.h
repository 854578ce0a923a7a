// One call as plugins see it: deadline, cancellation and identity.
#pragma once

#include <gov/abi/base.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace govhost::plugin {

using Deadline = std::chrono::steady_clock::time_point;

// Lives on the stack of the thread that makes the call, or in the exchange it belongs to. cancel()
// may come from any thread; everything else belongs to the owner.
class CallContext {
 public:
  explicit CallContext(Deadline deadline, std::string_view request_id = {},
                       std::string_view traceparent = {});
  ~CallContext();
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  const gov_call* raw() const { return &raw_; }
  Deadline deadline() const { return deadline_; }
  void set_subject(std::string_view subject);
  // From here on the callee answers from memory or says GOV_WOULD_BLOCK.
  void set_at_once() { raw_.flags |= GOV_CALL_AT_ONCE; }
  bool at_once() const { return (raw_.flags & GOV_CALL_AT_ONCE) != 0; }

  void cancel();
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

 private:
  struct Raw : gov_call {
    const CallContext* owner;
  };
  int cancel_fd() const;

  Raw raw_{};
  Deadline deadline_;
  std::string request_id_, traceparent_, subject_;
  std::atomic<bool> cancelled_{false};
  mutable std::atomic<int> event_{-1};  // made on first demand: most calls never poll
};

}  // namespace govhost::plugin
