#include "serve/reaper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace govhost {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Reaper::Time past(int minutes) { return steady_clock::now() - std::chrono::minutes(minutes); }

TEST(Reaper, CallsWhenTheDeadlineHasPassedAndNotBefore) {
  std::promise<Reaper::Time> called;
  Reaper reaper;
  const auto deadline = steady_clock::now() + milliseconds(20);
  reaper.at(deadline, [&] { called.set_value(steady_clock::now()); });
  EXPECT_GE(called.get_future().get(), deadline);
}

TEST(Reaper, CallsAtOnceForADeadlineInThePast) {
  std::promise<std::thread::id> called;
  Reaper reaper;
  reaper.at(past(1), [&] { called.set_value(std::this_thread::get_id()); });
  EXPECT_NE(called.get_future().get(), std::this_thread::get_id()) << "on a thread of its own";
}

TEST(Reaper, CallsInTheOrderOfDeadlines) {
  std::promise<void> inside, gathered, last;
  std::vector<int> order;
  Reaper reaper;
  // Holds the thread until all the others are there, whatever their order.
  reaper.at(past(60), [&] {
    inside.set_value();
    gathered.get_future().wait();
  });
  inside.get_future().wait();
  for (const int minutes : {10, 30, 20, 50, 40})
    reaper.at(past(minutes), [&order, minutes] { order.push_back(minutes); });
  reaper.at(past(1), [&] { last.set_value(); });
  gathered.set_value();
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{50, 40, 30, 20, 10}));
}

// The thread sleeps for a later deadline already: an earlier one must wake it. Whether it sleeps
// cannot be seen, but in some of many rounds it does.
TEST(Reaper, AnEarlierDeadlineIsNotKeptWaiting) {
  std::vector<std::promise<void>> called(1000);
  Reaper reaper;
  reaper.at(steady_clock::now() + hours(2), [] { FAIL() << "called hours too early"; });
  reaper.at(steady_clock::now() + hours(1), [] { FAIL() << "called an hour too early"; });
  for (std::promise<void>& each : called) {
    reaper.at(past(1), [&] { each.set_value(); });
    ASSERT_EQ(each.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  }
}

TEST(Reaper, ACallbackMayAddDeadlines) {
  std::promise<void> called;
  Reaper reaper;
  reaper.at(past(1), [&] { reaper.at(past(1), [&] { called.set_value(); }); });
  called.get_future().wait();
}

TEST(Reaper, ItsEndIsAtOnceAndCallsNobody) {
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  const auto began = steady_clock::now();
  {
    Reaper reaper;
    reaper.at(steady_clock::now() + hours(1),
              [mine = std::move(held)] { FAIL() << "called at the end"; });
  }
  EXPECT_LT(steady_clock::now() - began, hours(1));
  EXPECT_TRUE(watched.expired());
  { const Reaper unused; }
}

// What a callback holds goes before the next one is looked for, not with a later one.
TEST(Reaper, WhoIsForgottenIsNotCalledAndNotInTheMiddleOfACall) {
  Reaper reaper;
  const int mine = 0, other = 0;
  std::promise<void> entered, forgotten, called;
  std::atomic<bool> waited = false;
  reaper.at(
      past(1),
      [&] {
        entered.set_value();
        waited = forgotten.get_future().wait_for(milliseconds(50)) == std::future_status::timeout;
      },
      &mine);
  entered.get_future().wait();
  reaper.forget(&mine);
  forgotten.set_value();
  EXPECT_TRUE(waited) << "forget() returned while the callback was running";

  const auto soon = steady_clock::now() + milliseconds(20);
  reaper.at(
      soon, [] { FAIL() << "called after it was forgotten"; }, &mine);
  reaper.at(
      soon, [&] { called.set_value(); }, &other);
  reaper.forget(&mine);
  called.get_future().wait();
}

// A timer that sets itself anew is gone too when it is forgotten in the middle of that.
TEST(Reaper, WhoIsForgottenDoesNotComeBackByItself) {
  Reaper reaper;
  const int mine = 0, other = 0;
  std::promise<void> entered, called;
  std::atomic<bool> forgotten = false;
  reaper.at(
      past(1),
      [&] {
        entered.set_value();
        std::promise<void>().get_future().wait_for(milliseconds(50));  // forget() is waiting by now
        reaper.at(
            steady_clock::now() + milliseconds(10),
            [&] { EXPECT_FALSE(forgotten) << "called after it was forgotten"; }, &mine);
      },
      &mine);
  entered.get_future().wait();
  reaper.forget(&mine);
  forgotten = true;
  reaper.at(
      steady_clock::now() + milliseconds(20), [&] { called.set_value(); }, &other);
  called.get_future().wait();
}

TEST(Reaper, ACallbackThatIsDoneHoldsNothing) {
  std::promise<void> called;
  Reaper reaper;
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  reaper.at(past(2), [mine = std::move(held)] {});
  reaper.at(past(1), [&] { called.set_value(); });
  called.get_future().wait();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace govhost
