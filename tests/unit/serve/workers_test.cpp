#include "serve/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace govhost {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{10'000};

// A job that stays inside until it is let go.
struct Stuck {
  std::promise<void> entered, let_go;
  std::shared_future<void> going = let_go.get_future().share();

  bool into(Workers& workers) {
    if (!workers.submit([this] {
          entered.set_value();
          going.wait();
        }))
      return false;
    entered.get_future().wait();
    return true;
  }
};

TEST(Workers, RunEveryJobOnce) {
  constexpr int kJobs = 1000;
  Workers workers(4, kJobs);
  std::latch done(kJobs);
  std::vector<std::atomic<int>> runs(kJobs);
  for (auto& run : runs)
    ASSERT_TRUE(workers.submit([&] {
      ++run;
      done.count_down();
    }));
  done.wait();
  EXPECT_TRUE(workers.stop(kLong));
  for (const auto& run : runs) EXPECT_EQ(run, 1);
}

TEST(Workers, AreAsManyThreadsAsAskedFor) {
  constexpr std::ptrdiff_t kThreads = 3;
  Workers workers(kThreads, kThreads);
  std::latch all(kThreads + 1);  // passed only when all of them are inside at once
  std::mutex mutex;
  std::set<std::thread::id> seen;
  for (int i = 0; i < kThreads; ++i)
    ASSERT_TRUE(workers.submit([&] {
      {
        const std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
      }
      all.arrive_and_wait();
    }));
  all.arrive_and_wait();
  EXPECT_TRUE(workers.stop(kLong));
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_FALSE(seen.contains(std::this_thread::get_id()));
}

TEST(Workers, TakeJobsInOrder) {
  std::vector<int> order;
  Stuck first;
  std::promise<void> last;
  Workers workers(1, 10);
  ASSERT_TRUE(first.into(workers));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(workers.submit([&order, i] { order.push_back(i); }));
  ASSERT_TRUE(workers.submit([&] { last.set_value(); }));
  first.let_go.set_value();
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

// Full means refuse, never wait.
TEST(Workers, RefuseWhenTheQueueIsFull) {
  Stuck stuck;
  std::latch ran(2);
  Workers workers(1, 2);
  ASSERT_TRUE(stuck.into(workers));  // has begun: takes no place in the queue
  EXPECT_TRUE(workers.submit([&] { ran.count_down(); }));
  EXPECT_TRUE(workers.submit([&] { ran.count_down(); }));
  EXPECT_FALSE(workers.submit([] { FAIL() << "a refused job ran"; }));
  stuck.let_go.set_value();
  ran.wait();
  EXPECT_TRUE(workers.submit([] {}));
  EXPECT_TRUE(workers.stop(kLong));
}

TEST(Workers, WithoutAQueueRefuseEverything) {
  Workers workers(1, 0);
  EXPECT_FALSE(workers.submit([] { FAIL() << "a refused job ran"; }));
}

TEST(Workers, StopDropsWhatHasNotBegun) {
  Stuck stuck;
  Workers workers(1, 10);
  ASSERT_TRUE(stuck.into(workers));
  const auto held = std::make_shared<int>();
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(workers.submit([held] { FAIL() << "a dropped job ran"; }));
  EXPECT_EQ(held.use_count(), 4);
  EXPECT_FALSE(workers.stop(milliseconds(0))) << "the first job is still inside";
  EXPECT_EQ(held.use_count(), 1) << "what the jobs held is released";
  EXPECT_FALSE(workers.submit([] { FAIL() << "a job ran after stop"; }));
  stuck.let_go.set_value();
  EXPECT_TRUE(workers.stop(kLong));
}

TEST(Workers, StopReturnsFalseForAStuckJobAtItsLimit) {
  Stuck stuck;
  Workers workers(2, 10);
  ASSERT_TRUE(stuck.into(workers));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(workers.stop(milliseconds(20)));
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(20));
  EXPECT_FALSE(workers.stop(milliseconds(0)));
  stuck.let_go.set_value();
  EXPECT_TRUE(workers.stop(kLong));
}

TEST(Workers, StopWaitsForAJobThatEnds) {
  Stuck stuck;
  Workers workers(1, 10);
  ASSERT_TRUE(stuck.into(workers));
  auto stopped = std::async(std::launch::async, [&] { return workers.stop(kLong); });
  stuck.let_go.set_value();
  EXPECT_TRUE(stopped.get());
}

TEST(Workers, StopOfIdleThreadsReturnsAtOnce) {
  Workers workers(2, 10);
  EXPECT_TRUE(workers.stop(milliseconds(0)));
  EXPECT_TRUE(workers.stop(milliseconds(0)));
}

// Who stopped the workers destroys next what their jobs used.
TEST(Workers, AJobThatIsDoneHoldsNothing) {
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  std::promise<void> ran;
  Workers workers(1, 10);
  ASSERT_TRUE(workers.submit([&ran, mine = std::move(held)] { ran.set_value(); }));
  ran.get_future().wait();
  EXPECT_TRUE(workers.stop(kLong));
  EXPECT_TRUE(watched.expired());
}

// What a job holds is released outside of the workers' lock: its end may need them.
TEST(Workers, TheEndOfWhatAJobHeldMaySubmitAnother) {
  std::promise<void> ran;
  Workers workers(1, 1);
  std::shared_ptr<int> held(new int, [&](const int* value) {
    delete value;
    EXPECT_TRUE(workers.submit([&] { ran.set_value(); }));
  });
  ASSERT_TRUE(workers.submit([mine = std::move(held)] {}));
  ran.get_future().wait();
}

TEST(Workers, AJobMaySubmitAnother) {
  std::promise<void> ran;
  Workers workers(1, 1);
  ASSERT_TRUE(workers.submit([&] { EXPECT_TRUE(workers.submit([&] { ran.set_value(); })); }));
  ran.get_future().wait();
}

}  // namespace
}  // namespace govhost
