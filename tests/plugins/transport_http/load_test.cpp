// Many clients at once.
#include "server.h"

#include <thread>

namespace {

using transport_tests::Client;
using transport_tests::Response;
using transport_tests::Server;

TEST(HttpLoad, SixtyFourClientsGetTheirOwnAnswersAndNobodyStarves) {
  gov::testing::Config config;
  config.set("threads", 4);
  Server server(std::move(config));
  constexpr int kClients = 64, kRequests = 150;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&, c] {
      Client client(server.port());
      for (int i = 0; i < kRequests; ++i) {
        const std::string id = std::to_string(c) + "/" + std::to_string(i);
        const bool later = (c + i) % 3 == 0;
        if (!client.post((later ? "later " : "") + id)) return;
        const Response r = client.read();
        if (r.status != 200 || r.body != id) return;
        ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kClients * kRequests);
}

TEST(HttpLoad, PipelinesOfManyClientsDoNotMix) {
  gov::testing::Config config;
  config.set("threads", 2);
  Server server(std::move(config));
  constexpr int kClients = 16, kRequests = 300;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&, c] {
      Client client(server.port());
      std::string all;
      for (int i = 0; i < kRequests; ++i) {
        all += Client::post_text((i % 10 == 0 ? "later " : "") + std::to_string(c) + "/" +
                                 std::to_string(i));
      }
      std::thread writer([&] { client.send(all); });
      for (int i = 0; i < kRequests; ++i)
        right += client.read().body == std::to_string(c) + "/" + std::to_string(i);
      writer.join();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kClients * kRequests);
}

TEST(HttpLoad, ClientsThatComeAndGoLeaveNothingBehind) {
  Server server;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 60; ++i) {
        Client client(server.port());
        client.post((t + i) % 2 ? "stream 100000" : "later gone");
        if (i % 3 == 0) (void)client.silent(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(server.host.eventually(
      [&] { return server.host.open() == 0 && server.host.closed().size() == 240; }));
}

}  // namespace
