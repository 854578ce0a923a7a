#include "serve/questions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace govhost {
namespace {

// A call in a session; keeps what its client is asked.
struct Call {
  explicit Call(std::string scope = "s") {
    exchange =
        std::make_shared<Exchange>(std::chrono::steady_clock::now() + std::chrono::hours(1), "id",
                                   ReplyTo{this, [](void* ctx, const gov_reply* reply) {
                                             if (reply->part_count > 0)
                                               static_cast<Call*>(ctx)->sent.push_back(
                                                   mcp::Json::parse(gov::to_cpp(reply->parts[0])));
                                           }});
    exchange->work.version = "2025-11-25";
    exchange->work.scope = std::move(scope);
  }
  mcp::ClientAnswer answer(std::size_t question, mcp::Json result = {{"ok", true}},
                           std::string scope = "s") const {
    mcp::ClientAnswer made;
    made.id = sent.at(question)["id"].dump();
    made.scope = std::move(scope);
    made.result = std::move(result);
    if (made.result.is_null()) made.error = "refused";
    return made;
  }
  std::vector<mcp::Json> sent;
  std::shared_ptr<Exchange> exchange;
};

mcp::InputNeeded needs(int count) {
  mcp::InputNeeded needed;
  for (int i = 0; i < count; ++i)
    needed.requests["k" + std::to_string(i)] = {{"method", "roots/list"}};
  return needed;
}

TEST(Questions, ComeBackWhenAllAreAnswered) {
  Questions questions;
  Call call;
  ASSERT_TRUE(questions.ask(call.exchange, needs(2)));
  EXPECT_TRUE(call.exchange->parked);
  ASSERT_EQ(call.sent.size(), 2u);
  std::string failed;
  EXPECT_FALSE(questions.answered(call.answer(0), failed));
  EXPECT_FALSE(questions.answered(call.answer(0), failed)) << "answered already";
  EXPECT_EQ(questions.answered(call.answer(1), failed), call.exchange);
  EXPECT_FALSE(call.exchange->parked);
  EXPECT_EQ(call.exchange->work.inputs->responses.size(), 2u);
  EXPECT_EQ(failed, "");
  EXPECT_TRUE(questions.waiting().empty());
}

TEST(Questions, AreOfTheirScopeOnly) {
  Questions questions;
  Call call;
  ASSERT_TRUE(questions.ask(call.exchange, needs(1)));
  std::string failed;
  EXPECT_FALSE(questions.answered(call.answer(0, {{"x", 1}}, "t"), failed));
  EXPECT_FALSE(questions.answered(call.answer(0, {{"x", 1}}, ""), failed));
  EXPECT_TRUE(call.exchange->parked);
  EXPECT_TRUE(questions.answered(call.answer(0), failed));
}

TEST(Questions, ARefusalEndsTheCallAtOnce) {
  Questions questions;
  Call call;
  ASSERT_TRUE(questions.ask(call.exchange, needs(2)));
  std::string failed;
  EXPECT_EQ(questions.answered(call.answer(1, nullptr), failed), call.exchange);
  EXPECT_EQ(failed, "refused");
  failed.clear();
  EXPECT_FALSE(questions.answered(call.answer(0), failed)) << "nobody waits for the other one";
  questions.forget(*call.exchange);
  EXPECT_TRUE(questions.waiting().empty());
}

TEST(Questions, AreBounded) {
  Questions questions;
  Call call;
  EXPECT_FALSE(questions.ask(call.exchange, needs(0)));
  EXPECT_FALSE(questions.ask(call.exchange, needs(static_cast<int>(Questions::kMaxAtOnce) + 1)));
  EXPECT_FALSE(call.exchange->parked);
  Call many;
  std::string failed;
  for (int round = 0; round < Questions::kMaxRounds; ++round) {
    ASSERT_TRUE(questions.ask(many.exchange, needs(1))) << round;
    ASSERT_TRUE(questions.answered(many.answer(many.sent.size() - 1), failed));
  }
  EXPECT_FALSE(questions.ask(many.exchange, needs(1)));
}

TEST(Questions, KeepTheCallOfAClientThatClosedItsStream) {
  Questions questions;
  Call call;
  ASSERT_TRUE(questions.ask(call.exchange, needs(1)));
  const std::weak_ptr<Exchange> kept = call.exchange;
  call.exchange->disconnect();
  call.exchange.reset();
  ASSERT_FALSE(kept.expired());
  std::string failed;
  EXPECT_TRUE(questions.answered(call.answer(0), failed));
  EXPECT_TRUE(kept.expired());
}

TEST(Questions, OfManyAnswersOneCompletes) {
  for (int round = 0; round < 100; ++round) {
    Questions questions;
    Call call;
    ASSERT_TRUE(questions.ask(call.exchange, needs(4)));
    std::latch start(5);
    std::atomic<int> completed{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        std::string failed;
        if (questions.answered(call.answer(i), failed)) ++completed;
      });
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (call.exchange->parked.exchange(false)) ++completed;  // as the reaper or a cancellation
    });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(completed, 1);
  }
}

}  // namespace
}  // namespace govhost
