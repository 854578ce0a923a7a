#include "plugin/call.h"

#include <gov/status.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

namespace govhost::plugin {
namespace {

void signal(int fd) {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  [[maybe_unused]] const ssize_t n = ::write(fd, &one, sizeof one);
}

}  // namespace

CallContext::CallContext(Deadline deadline, std::string_view request_id,
                         std::string_view traceparent)
    : deadline_(deadline), request_id_(request_id), traceparent_(traceparent) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch());
  static_cast<gov_call&>(raw_) = {
      sizeof(gov_call),
      0,
      ns.count(),
      gov::to_c(request_id_),
      gov::to_c(traceparent_),
      {nullptr, 0},
      [](const gov_call* c) { return static_cast<const Raw*>(c)->owner->cancelled(); },
      [](const gov_call* c) { return static_cast<const Raw*>(c)->owner->cancel_fd(); }};
  raw_.owner = this;
}

CallContext::~CallContext() {
  const int fd = event_.load();
  if (fd >= 0) ::close(fd);
}

void CallContext::set_subject(std::string_view subject) {
  subject_ = subject;
  raw_.subject = gov::to_c(subject_);
}

// cancel() stores the flag and then looks for a descriptor; cancel_fd() stores a descriptor and
// then looks at the flag: whichever comes second signals.
void CallContext::cancel() {
  cancelled_.store(true);
  const int fd = event_.load();
  if (fd >= 0) signal(fd);
}

int CallContext::cancel_fd() const {
  int known = event_.load();
  if (known >= 0) return known;
  const int made = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) return -1;
  if (!event_.compare_exchange_strong(known, made)) {
    ::close(made);
    return known;
  }
  if (cancelled_.load()) signal(made);
  return made;
}

}  // namespace govhost::plugin
