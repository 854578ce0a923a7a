// Exchanges that stay open without being work in flight.
#include "stdio_client.h"

namespace {

using transport_tests::FakeHost;
using transport_tests::Stdio;

constexpr std::uint32_t kLast = GOV_REPLY_LAST;
constexpr std::uint32_t kIdle = GOV_REPLY_IDLE;

// Both ways to become idle: inside submit() and from another thread.
class StdioIdle : public testing::TestWithParam<bool> {
 protected:
  // A transport with room for one message, and `n` subscriptions.
  void subscribe(Stdio& stdio, int n) const {
    stdio.host.script("subscribe", {{.text = "ack", .flags = kIdle, .later = GetParam()}});
    for (int i = 0; i < n; ++i) {
      stdio.send("subscribe\n");
      EXPECT_EQ(stdio.line(), "ack");
    }
    EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == n; }));
  }
  static gov::testing::Config one_at_a_time() {
    gov::testing::Config config;
    config.set("max_in_flight", 1);
    return config;
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, StdioIdle, testing::Bool(), [](const auto& way) {
  return std::string(way.param ? "Outbox" : "Submit");
});

TEST_P(StdioIdle, CountsTowardsNoLimitAndMayReplyAtAnyTime) {
  Stdio stdio(one_at_a_time());
  subscribe(stdio, 100);
  stdio.send("later between\n");
  EXPECT_EQ(stdio.line(), "between");
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "news", .flags = kIdle}), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(stdio.line(), "news");
  // Ended by the host: their slots serve other messages.
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "bye", .flags = kLast}), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(stdio.line(), "bye");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 0; }));
  stdio.send("later one\nlater two\n");
  EXPECT_EQ(stdio.line(), "one");
  EXPECT_EQ(stdio.line(), "two");
  EXPECT_EQ(stdio.host.cancelled(), 0);
}

TEST_P(StdioIdle, CountsAgainOnceItIsNotIdle) {
  Stdio stdio(one_at_a_time());
  subscribe(stdio, 1);
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "work"}), 1);
  EXPECT_EQ(stdio.line(), "work");
  stdio.send("waits\n");
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "more"}), 1);
  EXPECT_EQ(stdio.line(), "more");
  EXPECT_EQ(stdio.host.count(), 1u);
  EXPECT_EQ(stdio.host.push("subscribe", {.flags = kIdle}), 1);  // a reply that is no line
  EXPECT_EQ(stdio.line(), "waits");
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "end", .flags = kLast}), 1);
  EXPECT_EQ(stdio.line(), "end");
}

TEST_P(StdioIdle, DoesNotOutliveTheInput) {
  Stdio stdio;
  subscribe(stdio, 3);
  stdio.send("held\n");
  stdio.close_input();
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 4; }));
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "news", .flags = kIdle}), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stdio.line(), "news");
  EXPECT_TRUE(stdio.still_running());
  stdio.host.open_gate();
  EXPECT_EQ(stdio.line(), "held");
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 3);
  EXPECT_EQ(stdio.host.open(), 0);
  EXPECT_EQ(stdio.host.closed().size(), 1u);
}

TEST_P(StdioIdle, IsWaitedForWhenItTurnedIntoWork) {
  Stdio stdio;
  subscribe(stdio, 1);
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "work"}), 1);
  EXPECT_EQ(stdio.line(), "work");
  stdio.close_input();
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "more"}), 1);
  EXPECT_EQ(stdio.line(), "more");
  EXPECT_TRUE(stdio.still_running());
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "end", .flags = kLast | kIdle}), 1);
  EXPECT_EQ(stdio.line(), "end");
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 0);
}

TEST_P(StdioIdle, IsNotWaitedForByDrainButWrittenOut) {
  Stdio stdio;
  subscribe(stdio, 50);
  EXPECT_EQ(stdio.host.push("subscribe", {.text = "bye", .flags = kLast}), 50);
  stdio.drain();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(stdio.line(), "bye");
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.open(), 0);
}

TEST_P(StdioIdle, EndsWithDrain) {
  Stdio stdio;
  subscribe(stdio, 3);
  stdio.drain();
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 3);
  EXPECT_EQ(stdio.host.open(), 0);
}

TEST_P(StdioIdle, IsCancelledWhenTheReaderIsGone) {
  Stdio stdio;
  subscribe(stdio, 3);
  stdio.close_output();
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 3);
  EXPECT_EQ(stdio.host.open(), 0);
}

TEST(StdioEvents, WithoutDataAreNoLines) {
  Stdio stdio;
  stdio.host.script("s", {{.event_id = "1", .retry_ms = 5000},
                          {.text = "one", .event_id = "2"},
                          {.text = "two", .flags = kLast, .old_host = true}});
  stdio.send("s\n");
  EXPECT_EQ(stdio.line(), "one");
  EXPECT_EQ(stdio.line(), "two");
}

}  // namespace
