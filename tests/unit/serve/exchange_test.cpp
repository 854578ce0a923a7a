#include "serve/exchange.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace govhost {
namespace {

using gov::to_c;
using gov::to_cpp;

// A transport's end: records what it is given.
struct Client {
  struct Given {
    std::string body;
    std::uint32_t http_status, flags;
    gov_status outcome;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  std::vector<Given> given;
  std::function<void()> on_reply;

  ReplyTo to() {
    return {this, [](void* ctx, const gov_reply* reply) {
              auto& self = *static_cast<Client*>(ctx);
              if (self.on_reply) self.on_reply();
              Given g{{}, reply->http_status, reply->flags, reply->outcome, {}};
              for (std::uint64_t i = 0; i < reply->part_count; ++i)
                g.body += to_cpp(reply->parts[i]);
              for (std::uint64_t i = 0; i < reply->header_count; ++i)
                g.headers.emplace_back(to_cpp(reply->headers[i].name),
                                       to_cpp(reply->headers[i].value));
              self.given.push_back(std::move(g));
            }};
  }
};

plugin::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::hours(1); }

mcp::Reply reply(std::string body) { return mcp::Reply::body(200, std::move(body), GOV_OK); }

TEST(Exchange, GivesTheReplyWithItsCorrelationId) {
  Client client;
  Exchange exchange(soon(), "id-1", client.to());
  mcp::Reply denied = mcp::Reply::body(403, "{}", GOV_PERMISSION_DENIED);
  denied.headers.emplace_back("WWW-Authenticate", "Bearer");
  EXPECT_TRUE(exchange.finish(denied));
  ASSERT_EQ(client.given.size(), 1u);
  const Client::Given& given = client.given[0];
  EXPECT_EQ(given.body, "{}");
  EXPECT_EQ(given.http_status, 403u);
  EXPECT_EQ(given.outcome, GOV_PERMISSION_DENIED);
  EXPECT_EQ(given.flags, static_cast<std::uint32_t>(GOV_REPLY_LAST));
  EXPECT_EQ(given.headers, (std::vector<std::pair<std::string, std::string>>{
                               {"X-Correlation-ID", "id-1"}, {"WWW-Authenticate", "Bearer"}}));
  EXPECT_EQ(to_cpp(exchange.call.raw()->request_id), "id-1");
}

TEST(Exchange, AnEmptyReplyHasNoParts) {
  Client client;
  Exchange exchange(soon(), "id", client.to());
  EXPECT_TRUE(exchange.finish(mcp::Reply::empty(202)));
  EXPECT_EQ(client.given.at(0).body, "");
  EXPECT_EQ(client.given.at(0).http_status, 202u);
}

TEST(Exchange, HeadersBeyondItsRoomAreLeftOut) {
  Client client;
  mcp::Reply many = reply("{}");
  for (int i = 0; i < 20; ++i) many.headers.emplace_back("X-" + std::to_string(i), "v");
  client.to().deliver(many, "id");
  EXPECT_EQ(client.given.at(0).headers.size(), 8u);
  EXPECT_EQ(client.given.at(0).headers.at(7).first, "X-6");
}

TEST(Exchange, OnlyTheFirstFinishCounts) {
  Client client;
  Exchange exchange(soon(), "id", client.to());
  EXPECT_TRUE(exchange.finish(reply("first")));
  EXPECT_FALSE(exchange.finish(reply("second")));
  ASSERT_EQ(client.given.size(), 1u);
  EXPECT_EQ(client.given[0].body, "first");
  EXPECT_FALSE(exchange.call.cancelled());
}

TEST(Exchange, NoReplyIsGivenOnceItIsCancelled) {
  Client client;
  Exchange exchange(soon(), "id", client.to());
  exchange.cancel();
  EXPECT_TRUE(exchange.call.cancelled());
  EXPECT_FALSE(exchange.finish(reply("late")));
  exchange.cancel();
  EXPECT_TRUE(client.given.empty());
}

TEST(Exchange, CancellingWhatIsFinishedChangesNothingForTheClient) {
  Client client;
  Exchange exchange(soon(), "id", client.to());
  EXPECT_TRUE(exchange.finish(reply("answer")));
  exchange.cancel();
  EXPECT_EQ(client.given.size(), 1u);
}

TEST(Exchange, OfManyThreadsOneFinishes) {
  constexpr std::ptrdiff_t kThreads = 4;
  for (int round = 0; round < 100; ++round) {
    Client client;
    Exchange exchange(soon(), "id", client.to());
    std::latch start(kThreads);
    std::atomic<int> finished{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&] {
        start.arrive_and_wait();
        if (exchange.finish(reply("answer"))) ++finished;
      });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(finished, 1);
    ASSERT_EQ(client.given.size(), 1u);
  }
}

// After cancel() the transport frees what a reply would be written to.
TEST(Exchange, CancelWaitsForAReplyThatIsBeingGiven) {
  Client client;
  std::promise<void> giving, cancelling;
  std::atomic<bool> given{false};
  client.on_reply = [&] {
    giving.set_value();
    cancelling.get_future().wait();
    given = true;
  };
  Exchange exchange(soon(), "id", client.to());
  std::thread worker([&] { EXPECT_TRUE(exchange.finish(reply("answer"))); });
  giving.get_future().wait();
  cancelling.set_value();
  exchange.cancel();
  EXPECT_TRUE(given);
  worker.join();
}

TEST(StoredInbound, IsACopyOfEverything) {
  std::string texts[] = {"body\0nul", "POST", "/mcp", "http", "192.0.2.1:4711",
                         "CN=x",      "x-a",  "1",    "x-b",  "2"};
  texts[0] = std::string("body\0nul", 8);
  gov_pair headers[] = {{to_c(texts[6]), to_c(texts[7])}, {to_c(texts[8]), to_c(texts[9])}};
  std::string name = "URI:spiffe://bank/agent";
  gov_str names[] = {to_c(name)};
  gov_peer peer{
      sizeof peer,  1000, to_c(texts[3]), to_c(texts[4]), to_c(texts[5]), headers, 2, names, 1,
      GOV_PEER_TLS, 0};
  const gov_inbound inbound{sizeof inbound, GOV_INBOUND_SESSION, 42,   gov::to_bytes(texts[0]),
                            to_c(texts[1]), to_c(texts[2]),      &peer};
  const StoredInbound stored(inbound);
  for (std::string& text : texts) text.assign(text.size(), '#');
  name.assign(name.size(), '#');
  names[0] = {};
  peer = {};
  headers[0] = headers[1] = {};

  const gov_inbound& copy = stored.inbound;
  EXPECT_EQ(copy.struct_size, sizeof(gov_inbound));
  EXPECT_EQ(copy.flags, static_cast<std::uint32_t>(GOV_INBOUND_SESSION));
  EXPECT_EQ(copy.connection, 42u);
  EXPECT_EQ(to_cpp(copy.body), std::string_view("body\0nul", 8));
  EXPECT_EQ(to_cpp(copy.method), "POST");
  EXPECT_EQ(to_cpp(copy.target), "/mcp");
  EXPECT_EQ(copy.peer->uid, 1000u);
  EXPECT_EQ(to_cpp(copy.peer->transport), "http");
  EXPECT_EQ(to_cpp(copy.peer->address), "192.0.2.1:4711");
  EXPECT_EQ(to_cpp(copy.peer->tls_subject), "CN=x");
  ASSERT_EQ(copy.peer->tls_name_count, 1u);
  EXPECT_EQ(to_cpp(copy.peer->tls_names[0]), "URI:spiffe://bank/agent");
  EXPECT_EQ(copy.peer->flags, static_cast<std::uint32_t>(GOV_PEER_TLS));
  ASSERT_EQ(copy.peer->header_count, 2u);
  EXPECT_EQ(to_cpp(copy.peer->headers[1].name), "x-b");
  EXPECT_EQ(to_cpp(copy.peer->headers[1].value), "2");
}

}  // namespace
}  // namespace govhost
