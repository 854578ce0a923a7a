#include "stdio_client.h"

#include <algorithm>

namespace {

using gov::testing::Loaded;
using transport_tests::FakeHost;
using transport_tests::Stdio;

TEST(TransportStdio, AnswersEachLineAndEndsWithTheInput) {
  Stdio stdio;
  stdio.send("\xEF\xBB\xBF{\"a\":1}\r\n\n\r\nsecond\nlater third\nlast without newline");
  stdio.close_input();
  std::vector<std::string> got = stdio.lines(4);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got,
            (std::vector<std::string>{"last without newline", "second", "third", "{\"a\":1}"}));
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.endpoint(), "stdio");
  EXPECT_EQ(stdio.host.closed(), std::vector<std::uint64_t>{1});
}

TEST(TransportStdio, TellsTheHostWhoIsThere) {
  Stdio stdio;
  stdio.send("hello\n");
  EXPECT_EQ(stdio.line(), "hello");
  const FakeHost::Message m = stdio.host.messages().at(0);
  EXPECT_EQ(m.transport, "stdio");
  EXPECT_EQ(m.uid, getuid());
  EXPECT_EQ(m.address, "");
  EXPECT_EQ(m.method, "");
  EXPECT_EQ(m.connection, 1u);
  EXPECT_EQ(m.flags, std::uint32_t{GOV_INBOUND_SESSION});
  EXPECT_TRUE(m.headers.empty());
}

TEST(TransportStdio, WritesNothingForAnEmptyReply) {
  Stdio stdio;
  stdio.send("quiet\nafter\n");
  EXPECT_EQ(stdio.line(), "after");
}

TEST(TransportStdio, WritesTheReplyOfARefusedMessage) {
  Stdio stdio;
  stdio.send("refuse\nafter\n");
  EXPECT_EQ(stdio.lines(2), (std::vector<std::string>{"{\"error\":\"busy\"}", "after"}));
}

TEST(TransportStdio, LetsFastMessagesOvertakeASlowOne) {
  Stdio stdio;
  stdio.send("held\nfast\nlater on\n");
  std::vector<std::string> got = stdio.lines(2);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (std::vector<std::string>{"fast", "on"}));
  stdio.host.open_gate();
  EXPECT_EQ(stdio.line(), "held");
}

TEST(TransportStdio, KeepsTheOrderInsideAStream) {
  Stdio stdio;
  stdio.send("early 50\n");
  EXPECT_EQ(stdio.line(), "first");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(stdio.line(), "message " + std::to_string(i));
  EXPECT_EQ(stdio.line(), "end");
}

TEST(TransportStdio, AnswersALineOverTheLimitOnceAndLivesOn) {
  gov::testing::Config config;
  config.set("max_message", 4096);
  Stdio stdio(std::move(config));
  const std::string huge(3u << 20u, 'x');
  stdio.send("before\n" + huge + "\nafter\n" + std::string(4096, 'y') + "\n");
  EXPECT_EQ(stdio.line(), "before");
  EXPECT_EQ(stdio.line(),
            R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"a message is longer than the )"
            R"(limit of 4096 bytes"}})");
  EXPECT_EQ(stdio.line(), "after");
  EXPECT_EQ(stdio.line(), std::string(4096, 'y'));
  EXPECT_EQ(stdio.host.count(), 3u);
}

TEST(TransportStdio, CarriesManyMegabytesBothWays) {
  gov::testing::Config config;
  config.set("max_message", 16 << 20);
  Stdio stdio(std::move(config));
  const std::string line(8u << 20u, 'm');
  auto writer = std::async(std::launch::async, [&] { stdio.send(line + "\n" + line + "\n"); });
  EXPECT_EQ(stdio.line(), line);
  EXPECT_EQ(stdio.line(), line);
}

class TransportStdioStreams : public testing::TestWithParam<Stdio::Kind> {};

TEST_P(TransportStdioStreams, AnswersTensOfThousandsOfPipelinedMessages) {
  Stdio stdio({}, GetParam());
  constexpr int kMessages = 20'000;
  auto writer = std::async(std::launch::async, [&] {
    std::string all;
    for (int i = 0; i < kMessages; ++i)
      all += (i % 3 == 0 ? "later m" : "m") + std::to_string(i) + "\n";
    stdio.send(all);
    stdio.close_input();
  });
  std::set<std::string> got;
  for (int i = 0; i < kMessages; ++i) got.insert(stdio.line());
  EXPECT_EQ(got.size(), std::size_t{kMessages});
  EXPECT_TRUE(got.contains("m0") && got.contains("m19999"));
  EXPECT_EQ(stdio.result(), GOV_OK);
}

TEST_P(TransportStdioStreams, WaitsForASlowReaderWithoutLosingAByte) {
  Stdio stdio({}, GetParam());
  auto writer = std::async(std::launch::async, [&] {
    for (int i = 0; i < 40; ++i) stdio.send(i % 2 ? "big 300000\n" : "later small\n");
    stdio.close_input();
  });
  // Nothing is read until the transport must be stuck with a full pipe.
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.count() >= 2; }));
  std::size_t big = 0, small = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string line = stdio.line();
    big += line == std::string(300'000, 'x');
    small += line == "small";
  }
  EXPECT_EQ(big, 20u);
  EXPECT_EQ(small, 20u);
  EXPECT_EQ(stdio.result(), GOV_OK);
}

TEST_P(TransportStdioStreams, CanBeCancelledWhileTheReaderIsStuck) {
  Stdio stdio({}, GetParam());
  stdio.send("big 3000000\nnever\n");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.count() >= 1; }));
  stdio.cancel();
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.open(), 0);
}

TEST_P(TransportStdioStreams, LeavesTheModeOfTheSharedDescriptorsAlone) {
  Stdio stdio({}, GetParam());
  stdio.send("x\n");
  EXPECT_EQ(stdio.line(), "x");
  EXPECT_EQ(fcntl(stdio.streams().output, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(fcntl(stdio.streams().input, F_GETFL) & O_NONBLOCK, 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, TransportStdioStreams,
                         testing::Values(Stdio::Kind::kPipes, Stdio::Kind::kSockets),
                         [](const auto& kind) {
                           return kind.param == Stdio::Kind::kPipes ? "Pipes" : "Sockets";
                         });

TEST(TransportStdio, ReadsNoMoreThanItMayHaveInFlight) {
  gov::testing::Config config;
  config.set("max_in_flight", 4);
  Stdio stdio(std::move(config));
  std::string all;
  for (int i = 0; i < 20; ++i) all += "held\n";
  stdio.send(all + "after\n");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 4; }));
  EXPECT_EQ(stdio.host.count(), 4u);
  stdio.host.open_gate();
  const std::vector<std::string> got = stdio.lines(21);
  EXPECT_EQ(std::count(got.begin(), got.end(), "held"), 20);
  EXPECT_EQ(std::count(got.begin(), got.end(), "after"), 1);
}

TEST(TransportStdio, DeliversAnswersInFlightAfterTheEndOfInput) {
  Stdio stdio;
  stdio.send("held\nheld\n");
  stdio.close_input();
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 2; }));
  EXPECT_TRUE(stdio.still_running());
  EXPECT_TRUE(stdio.host.closed().empty());
  stdio.host.open_gate();
  EXPECT_EQ(stdio.lines(2), (std::vector<std::string>{"held", "held"}));
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.closed().size(), 1u);
  EXPECT_EQ(stdio.host.cancelled(), 0);
}

TEST(TransportStdio, CancelsWhatIsInFlightWhenTheReaderIsGone) {
  Stdio stdio;
  stdio.send("never\n");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 1; }));
  stdio.close_output();
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 1);
  EXPECT_EQ(stdio.host.open(), 0);
  EXPECT_EQ(stdio.host.closed().size(), 1u);
}

TEST(TransportStdio, StopsWhenTheCallIsCancelled) {
  Stdio stdio;
  stdio.send("never\n");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 1; }));
  stdio.cancel();
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.cancelled(), 1);
  EXPECT_EQ(stdio.host.closed().size(), 1u);
}

TEST(TransportStdio, FinishesWhatIsInFlightWhenDrained) {
  Stdio stdio;
  stdio.send("held\n");
  EXPECT_TRUE(stdio.host.eventually([&] { return stdio.host.open() == 1; }));
  stdio.drain();
  stdio.send("too late\n");
  stdio.host.open_gate();
  EXPECT_EQ(stdio.line(), "held");
  EXPECT_EQ(stdio.result(), GOV_OK);
  EXPECT_EQ(stdio.host.count(), 1u);
}

TEST(TransportStdio, ReturnsAtOnceWhenDrainedIdle) {
  Stdio stdio;
  stdio.send("x\n");
  EXPECT_EQ(stdio.line(), "x");
  stdio.drain();
  EXPECT_EQ(stdio.result(), GOV_OK);
}

TEST(TransportStdio, SaysWhatIsMissingWithoutTheStreams) {
  gov::testing::Host host;
  gov::testing::Config config;
  FakeHost fake;
  const gov::testing::Call call;
  Loaded plugin = Loaded::open(TRANSPORT_SO, "stdio", host, config);
  EXPECT_EQ(plugin.transport().run(
                plugin.instance(), call.raw(), fake.raw(), nullptr, [](void*, gov_str) {},
                plugin.error()),
            GOV_UNAVAILABLE);
  EXPECT_NE(std::string(plugin.error()->message).find("standard streams"), std::string::npos);
}

TEST(TransportStdio, RefusesLimitsThatCannotWork) {
  for (const char* option : {"max_message", "max_in_flight"}) {
    gov::testing::Host host;
    gov::testing::Config config;
    config.set(option, 0);
    EXPECT_THROW(Loaded::open(TRANSPORT_SO, "stdio", host, config), std::runtime_error) << option;
  }
}

}  // namespace
