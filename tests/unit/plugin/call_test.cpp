#include "plugin/call.h"

#include <gov/status.hpp>

#include <gtest/gtest.h>
#include <poll.h>
#include <time.h>

#include <latch>
#include <string>
#include <thread>

namespace govhost::plugin {
namespace {

using std::chrono::steady_clock;

bool readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0;
}

TEST(Call, TellsItsIdentityFromTextsOfItsOwn) {
  std::string id = "request-1", trace = "00-trace", subject = "alice";
  CallContext call(steady_clock::now(), id, trace);
  EXPECT_EQ(gov::to_cpp(call.raw()->subject), "");
  call.set_subject(subject);
  id = trace = subject = "overwritten";
  EXPECT_EQ(call.raw()->struct_size, sizeof(gov_call));
  EXPECT_EQ(gov::to_cpp(call.raw()->request_id), "request-1");
  EXPECT_EQ(gov::to_cpp(call.raw()->traceparent), "00-trace");
  EXPECT_EQ(gov::to_cpp(call.raw()->subject), "alice");
}

// Plugins compare it with clock_gettime(CLOCK_MONOTONIC).
TEST(Call, HasItsDeadlineOnTheMonotonicClock) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  const std::int64_t before = now();
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(1500);
  const std::int64_t after = now();
  const CallContext call(deadline);
  EXPECT_EQ(call.deadline(), deadline);
  EXPECT_GE(call.raw()->deadline_ns, before + 1'500'000'000);
  EXPECT_LE(call.raw()->deadline_ns, after + 1'500'000'000);
}

TEST(Call, IsCancelledForGood) {
  CallContext call(steady_clock::now());
  EXPECT_FALSE(call.cancelled());
  EXPECT_FALSE(call.raw()->cancelled(call.raw()));
  call.cancel();
  call.cancel();
  EXPECT_TRUE(call.cancelled());
  EXPECT_TRUE(call.raw()->cancelled(call.raw()));
}

TEST(Call, ItsDescriptorIsReadableOnceCancelled) {
  CallContext call(steady_clock::now());
  const int fd = call.raw()->cancel_fd(call.raw());
  ASSERT_GE(fd, 0);
  EXPECT_FALSE(readable(fd));
  EXPECT_EQ(call.raw()->cancel_fd(call.raw()), fd) << "one descriptor for the whole call";
  call.cancel();
  EXPECT_TRUE(readable(fd));
  EXPECT_TRUE(readable(fd)) << "it stays so";
}

TEST(Call, ADescriptorAskedForTooLateIsReadableAtOnce) {
  CallContext call(steady_clock::now());
  call.cancel();
  EXPECT_TRUE(readable(call.raw()->cancel_fd(call.raw())));
}

TEST(Call, ItsDescriptorIsClosedWithIt) {
  int fd = -1;
  {
    const CallContext call(steady_clock::now());
    fd = call.raw()->cancel_fd(call.raw());
  }
  pollfd gone{fd, POLLIN, 0};
  ASSERT_EQ(::poll(&gone, 1, 0), 1);
  EXPECT_NE(gone.revents & POLLNVAL, 0);
}

// Whichever of cancel() and cancel_fd() comes second must signal.
TEST(Call, NoCancellationIsLostBetweenThreads) {
  for (int round = 0; round < 500; ++round) {
    CallContext call(steady_clock::now());
    std::latch start(3);
    int seen[2] = {-1, -1};
    std::thread canceller([&] {
      start.arrive_and_wait();
      call.cancel();
    });
    std::thread other([&] {
      start.arrive_and_wait();
      seen[0] = call.raw()->cancel_fd(call.raw());
    });
    start.arrive_and_wait();
    seen[1] = call.raw()->cancel_fd(call.raw());
    canceller.join();
    other.join();
    ASSERT_EQ(seen[0], seen[1]);
    ASSERT_TRUE(readable(seen[0])) << round;
  }
}

}  // namespace
}  // namespace govhost::plugin
