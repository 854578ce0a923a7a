// Many clients of HTTP+SSE at once, their streams and POSTs on different loops.
#include "sse_client.h"

#include <thread>

namespace {

using transport_tests::Client;
using transport_tests::Server;
using transport_tests::SseClient;
using transport_tests::with_sse;

TEST(HttpSseLoad, EveryClientGetsItsOwnAnswers) {
  Server server(with_sse(4));
  constexpr int kClients = 12, kMessages = 60;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&, c] {
      SseClient client(server);
      Client posts(server.port());
      std::set<std::string> expected;
      for (int i = 0; i < kMessages; ++i) {
        const std::string id = std::to_string(c) + "/" + std::to_string(i);
        expected.insert(id);
        if (!posts.post((i % 2 ? "later " : "") + id, "", client.endpoint())) return;
        if (posts.read().status != 202) return;
      }
      for (int i = 0; i < kMessages; ++i) right += expected.erase(client.message()) == 1 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kClients * kMessages);
}

TEST(HttpSseLoad, StreamsThatEndWhileTheyAreWrittenToLeaveNothingBehind) {
  Server server(with_sse(4));
  std::vector<std::thread> threads;
  std::atomic<int> connections{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        SseClient client(server);
        Client posts(server.port());
        connections += 2;
        const char* const body = i % 3 == 0 ? "stream 1000" : i % 3 == 1 ? "never" : "later x";
        for (int n = 0; n < 5; ++n) posts.post(body, "", client.endpoint());
        if ((t + i) % 2 == 0) posts.read();
        client.stream().close();
        // Answered one way or the other, also to a stream that is gone.
        if (i % 5 == 0) {
          const int status = posts.read().status;
          EXPECT_TRUE(status == 202 || status == 404) << status;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(server.host.eventually([&] {
    return server.host.open() == 0 &&
           server.host.closed().size() == static_cast<std::size_t>(connections);
  }));
  std::set<std::uint64_t> ids;
  for (const std::uint64_t id : server.host.closed()) ids.insert(id);
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(connections));
}

TEST(HttpSseLoad, WhatWasAcceptedIsAnsweredAlsoWhenTheServerDrains) {
  Server server(with_sse(4));
  constexpr int kClients = 6;
  std::atomic<int> accepted{0}, answered{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&] {
      SseClient client(server);
      Client posts(server.port());
      for (;;) {
        const bool sent = posts.post("later x", "", client.endpoint());
        const int status = sent ? posts.read().status : 0;
        if (status != 202) {
          EXPECT_TRUE(status == 0 || status == 503) << status;
          break;
        }
        ++accepted;
        answered += client.message() == "x" ? 1 : 0;
      }
      // Nothing but answers to POSTs whose 202 did not come through.
      std::string rest;
      do rest = client.stream().read_chunk();
      while (rest == "event: message\ndata: x\n\n");
      EXPECT_EQ(rest, "");
    });
  }
  EXPECT_TRUE(server.host.eventually([&] { return server.host.count() >= 100; }));
  server.drain();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_EQ(answered, accepted);
  EXPECT_EQ(server.host.cancelled(), 0);
}

}  // namespace
