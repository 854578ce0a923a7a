// Event streams.
#include "server.h"

namespace {

using transport_tests::Client;
using transport_tests::kHead;
using transport_tests::Response;
using transport_tests::Server;

TEST(HttpStream, SendsEachMessageAsOneEventAtOnce) {
  Server server;
  server.host.add_header("Mcp-Session-Id", "abc");
  Client client(server.port());
  ASSERT_TRUE(client.post("stream 3"));
  const Response r = client.read_head();
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.header("content-type"), "text/event-stream");
  EXPECT_EQ(r.header("cache-control"), "no-cache, no-transform");
  EXPECT_EQ(r.header("x-accel-buffering"), "no");
  EXPECT_EQ(r.header("transfer-encoding"), "chunked");
  EXPECT_EQ(r.header("content-length"), "");
  EXPECT_EQ(r.header("mcp-session-id"), "abc");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(client.read_chunk(), "event: message\ndata: message " + std::to_string(i) + "\n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\ndata: end\n\n");
  EXPECT_EQ(client.read_chunk(), "");
  ASSERT_TRUE(client.post("next"));
  EXPECT_EQ(client.read().body, "next");
}

TEST(HttpStream, BeginsInsideSubmitAndGoesOnFromAnotherThread) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(client.post("early 2"));
  EXPECT_EQ(client.read().body,
            "event: message\ndata: first\n\nevent: message\ndata: message 0\n\n"
            "event: message\ndata: message 1\n\nevent: message\ndata: end\n\n");
}

TEST(HttpStream, CommentsKeepASilentStreamAlive) {
  gov::testing::Config config;
  config.set("keepalive_interval", 40).set("idle_timeout", 100);
  Server server(std::move(config));
  Client client(server.port());
  ASSERT_TRUE(client.post("open"));
  const Response r = client.read_head();
  EXPECT_EQ(r.header("content-type"), "text/event-stream");
  EXPECT_EQ(client.read_chunk(), "event: message\ndata: first\n\n");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.read_chunk(), ": keepalive\n\n");
}

TEST(HttpStream, WithoutChunksEndsWithTheConnection) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(
      client.send("POST /mcp HTTP/1.0\r\nConnection: keep-alive\r\n"
                  "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
                  "Content-Length: 8\r\n\r\nstream 1"));
  const Response r = client.read();
  EXPECT_EQ(r.header("connection"), "close");
  EXPECT_EQ(r.header("transfer-encoding"), "");
  EXPECT_EQ(r.body, "event: message\ndata: message 0\n\nevent: message\ndata: end\n\n");
}

TEST(HttpStream, IsCollectedForAClientThatTakesJsonOnly) {
  Server server;
  server.host.add_header("X-Many", "once");
  Client client(server.port());
  for (const char* accept : {"", "Accept: application/json\r\n", "Accept: */*\r\n"}) {
    ASSERT_TRUE(client.send(std::string("POST /mcp") + kHead +
                            "Content-Type: application/json\r\n" + accept +
                            "Content-Length: 8\r\n\r\nstream 5"));
    const Response r = client.read();
    EXPECT_EQ(r.header("content-type"), "application/json") << accept;
    EXPECT_EQ(r.header("x-many"), "once") << accept;
    EXPECT_EQ(r.body, "end") << accept;
  }
}

TEST(HttpStream, OfManyMessagesArrivesCompleteAndInOrder) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(client.post("stream 20000"));
  EXPECT_EQ(client.read_head().status, 200);
  for (int i = 0; i < 20'000; ++i)
    ASSERT_EQ(client.read_chunk(), "event: message\ndata: message " + std::to_string(i) + "\n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\ndata: end\n\n");
  EXPECT_EQ(client.read_chunk(), "");
}

TEST(HttpStream, IsCutWhenTooMuchOfItWaitsForTheClient) {
  gov::testing::Config config;
  config.set("max_buffered", 65536);
  Server server(std::move(config));
  Client client(server.port(), 4096);
  ASSERT_TRUE(client.post("stream 1000000"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 1; }));
  EXPECT_EQ(server.host.cancelled(), 1);
}

TEST(HttpStream, IsCancelledWhenTheClientGoes) {
  Server server;
  for (const char* body : {"never", "open"}) {
    const int before = server.host.cancelled();
    Client client(server.port());
    ASSERT_TRUE(client.post(body));
    EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
    client.close();
    EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 0; })) << body;
    EXPECT_EQ(server.host.cancelled(), before + 1);
  }
}

TEST(HttpStream, IsCancelledWhenTheClientGoesBehindAFullReadBuffer) {
  gov::testing::Config config;
  config.set("keepalive_interval", 50);  // sweeps often
  Server server(std::move(config));
  Client client(server.port());
  ASSERT_TRUE(client.post("never"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  ASSERT_TRUE(client.send(std::string(100'000, 'x')));
  EXPECT_TRUE(client.silent(100));
  client.close();
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 0; }));
  EXPECT_EQ(server.host.cancelled(), 1);
}

}  // namespace
