// An exchange as a stream, and who wins when it ends from several sides at once.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "serve/exchange.h"

namespace govhost {
namespace {

// A transport's end: records what it is given, and that nothing follows the last reply.
struct Peer {
  struct Given {
    std::string body, event_id;
    std::uint32_t flags = 0;
  };
  std::mutex mutex;
  std::vector<Given> given;
  bool gone = false, after_last = false, after_gone = false;

  ReplyTo to() {
    return {this, [](void* ctx, const gov_reply* reply) {
              auto& self = *static_cast<Peer*>(ctx);
              const std::lock_guard lock(self.mutex);
              if (self.gone) self.after_gone = true;
              if (!self.given.empty() && (self.given.back().flags & GOV_REPLY_LAST))
                self.after_last = true;
              Given g{{}, std::string(gov::to_cpp(reply->event_id)), reply->flags};
              for (std::uint64_t i = 0; i < reply->part_count; ++i)
                g.body += gov::to_cpp(reply->parts[i]);
              self.given.push_back(std::move(g));
            }};
  }
};

std::shared_ptr<Exchange> exchange_for(Peer& peer) {
  return std::make_shared<Exchange>(std::chrono::steady_clock::now() + std::chrono::hours(1), "id",
                                    peer.to());
}

mcp::Work in_session(std::string_view version = "2025-11-25") {
  mcp::Work work;
  work.over_http = true;
  work.version = version;
  work.session.key = "s";
  work.scope = "s";
  return work;
}

mcp::Reply answer() { return mcp::Reply::body(200, "answer", GOV_OK); }

TEST(ExchangeStream, MessagesComeBeforeTheAnswer) {
  Peer peer;
  const auto exchange = exchange_for(peer);
  EXPECT_TRUE(exchange->send("one"));
  EXPECT_TRUE(exchange->finish(answer()));
  EXPECT_FALSE(exchange->send("late"));
  ASSERT_EQ(peer.given.size(), 2u);
  EXPECT_EQ(peer.given[0].body, "one");
  EXPECT_EQ(peer.given[0].flags, 0u);
  EXPECT_EQ(peer.given[1].flags, static_cast<std::uint32_t>(GOV_REPLY_LAST));
}

TEST(ExchangeStream, InASessionEverythingHasAnIdAndOutlivesTheClient) {
  EventStore store;
  Peer peer;
  const auto exchange = exchange_for(peer);
  exchange->work = in_session();
  exchange->keep_events(store);
  EXPECT_TRUE(exchange->send("one"));
  ASSERT_EQ(peer.given.size(), 2u) << "the first event is for its id only";
  EXPECT_EQ(peer.given[0].body, "");
  const std::string id = peer.given[1].event_id;
  EXPECT_NE(id, "");
  exchange->disconnect();
  EXPECT_FALSE(exchange->call.cancelled());
  EXPECT_TRUE(exchange->send("two"));
  EXPECT_TRUE(exchange->finish(answer()));
  EXPECT_EQ(peer.given.size(), 2u);
  Peer later;
  const auto second = exchange_for(later);
  second->work = in_session();
  const auto [events, after] = store.find("s", id);
  ASSERT_TRUE(events);
  ASSERT_TRUE(second->follow(events, after));
  ASSERT_EQ(later.given.size(), 2u);
  EXPECT_EQ(later.given[0].body, "two");
  EXPECT_EQ(later.given[1].body, "answer");
  EXPECT_EQ(later.given[1].flags, static_cast<std::uint32_t>(GOV_REPLY_LAST));
}

TEST(ExchangeStream, AnAnswerAloneIsKeptNowhere) {
  EventStore store;
  Peer peer;
  const auto exchange = exchange_for(peer);
  exchange->work = in_session();
  exchange->keep_events(store);
  EXPECT_TRUE(exchange->finish(answer()));
  EXPECT_EQ(store.bytes(), 0u);
  EXPECT_EQ(peer.given.at(0).event_id, "");
}

TEST(ExchangeStream, AClientThatIsGoneBeforeTheFirstMessageGetsNone) {
  EventStore store;
  Peer peer;
  const auto exchange = exchange_for(peer);
  exchange->work = in_session();
  exchange->keep_events(store);
  exchange->disconnect();
  EXPECT_FALSE(exchange->send("one"));
  EXPECT_TRUE(peer.given.empty());
  EXPECT_EQ(store.bytes(), 0u);
}

TEST(ExchangeStream, HangingUpIsForClientsThatComeBack) {
  for (const auto& [version, hangs_up] : {std::pair{"2025-06-18", false}, {"2025-11-25", true}}) {
    EventStore store;
    Peer peer;
    const auto exchange = exchange_for(peer);
    exchange->work = in_session(version);
    exchange->keep_events(store);
    exchange->hang_up();
    EXPECT_EQ(!peer.given.empty() && (peer.given.back().flags & GOV_REPLY_LAST), hangs_up)
        << version;
    EXPECT_TRUE(exchange->finish(answer()));
    EXPECT_EQ(store.bytes() > 0, hangs_up);
  }
}

TEST(ExchangeStream, WhoeverGoesBeforeItIsReadIsHeardOf) {
  mcp::Work modern;
  modern.era = mcp::Era::kModern;
  Peer peer;
  const auto exchange = exchange_for(peer);
  exchange->disconnect();
  EXPECT_FALSE(exchange->call.cancelled()) << "it may be a request of the legacy era";
  exchange->adopt(std::move(modern));
  EXPECT_TRUE(exchange->call.cancelled());
  const auto legacy = exchange_for(peer);
  legacy->disconnect();
  legacy->adopt(in_session());
  EXPECT_FALSE(legacy->call.cancelled());
}

TEST(ExchangeStream, AModernClientThatGoesCancels) {
  Peer peer;
  const auto exchange = exchange_for(peer);
  exchange->work.era = mcp::Era::kModern;
  exchange->disconnect();
  EXPECT_TRUE(exchange->call.cancelled());
  EXPECT_FALSE(exchange->finish(answer()));
}

// All of it at once, with and without a store: the transport gets one last reply at most, nothing
// after it, and nothing once disconnect() has returned.
TEST(ExchangeStream, FinishDisconnectSendCancelRace) {
  for (int round = 0; round < 300; ++round) {
    EventStore store;
    Peer peer;
    const auto exchange = exchange_for(peer);
    exchange->work = in_session();
    if (round % 2 == 0) exchange->keep_events(store);
    std::latch start(4);
    std::atomic<int> finished{0};
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (int i = 0; i < 5; ++i) exchange->send("m");
      if (exchange->finish(answer())) ++finished;
    });
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (exchange->finish(answer())) ++finished;
    });
    threads.emplace_back([&] {
      start.arrive_and_wait();
      if (round % 3 == 0) exchange->hang_up();
    });
    threads.emplace_back([&] {
      start.arrive_and_wait();
      exchange->disconnect();
      const std::lock_guard lock(peer.mutex);
      peer.gone = true;
    });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(finished, 1);
    ASSERT_FALSE(peer.after_last) << round;
    ASSERT_FALSE(peer.after_gone) << round;
  }
}

}  // namespace
}  // namespace govhost
