// What an event says besides its message, and streams that stay open.
#include "server.h"

namespace {

using transport_tests::Client;
using transport_tests::FakeHost;
using transport_tests::kIdle;
using transport_tests::kLast;
using transport_tests::Response;
using transport_tests::Server;
using Reply = FakeHost::Reply;

std::string get(std::string_view accept = "Accept: text/event-stream\r\n") {
  return "GET /mcp HTTP/1.1\r\nHost: localhost\r\n" + std::string(accept) + "\r\n";
}

std::string post(std::string_view body, std::string_view accept) {
  return "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         std::string(accept) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// Each way that replies take: inside submit() and through the mailbox.
class HttpEvent : public testing::TestWithParam<bool> {
 protected:
  Reply first(Reply reply) const {
    reply.later = GetParam();
    return reply;
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, HttpEvent, testing::Bool(), [](const auto& way) {
  return std::string(way.param ? "Mailbox" : "Submit");
});

TEST_P(HttpEvent, CarriesIdAndRetryInTheirOrder) {
  Server server;
  server.host.script("s", {first({.event_id = "a/1", .retry_ms = 5000}),
                           {.text = "message", .event_id = "a/2"},
                           {.text = "slow down", .event_id = "a/3", .retry_ms = 4294967295},
                           {.retry_ms = 7},
                           {.text = "plain"},
                           {.text = "end", .flags = kLast, .event_id = "a/4"}});
  Client client(server.port());
  ASSERT_TRUE(client.post("s"));
  EXPECT_EQ(client.read_head().header("content-type"), "text/event-stream");
  EXPECT_EQ(client.read_chunk(), "id: a/1\nretry: 5000\ndata: \n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\nid: a/2\ndata: message\n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\nid: a/3\nretry: 4294967295\ndata: slow down\n\n");
  EXPECT_EQ(client.read_chunk(), "retry: 7\ndata: \n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\ndata: plain\n\n");
  EXPECT_EQ(client.read_chunk(), "event: message\nid: a/4\ndata: end\n\n");
  EXPECT_EQ(client.read_chunk(), "");
  ASSERT_TRUE(client.post("next"));
  EXPECT_EQ(client.read().body, "next");
}

TEST_P(HttpEvent, DropsAnIdThatIsNotVisibleAscii) {
  Server server;
  const std::string bad[] = {"a\nb",     "a\r", std::string("a\0b", 3), "a b", "\x7f",
                             "\xc3\xa9", "\t"};
  std::vector<Reply> replies{first({.text = "begin"})};
  for (const std::string& id : bad) {
    replies.push_back({.text = "with", .event_id = id});
    replies.push_back({.event_id = id});  // nothing is left of it
  }
  replies.push_back({.text = "end", .flags = kLast, .event_id = "!~"});
  server.host.script("s", replies);
  Client client(server.port());
  ASSERT_TRUE(client.post("s"));
  EXPECT_EQ(client.read_head().status, 200);
  EXPECT_EQ(client.read_chunk(), "event: message\ndata: begin\n\n");
  for (const std::string& id : bad)
    EXPECT_EQ(client.read_chunk(), "event: message\ndata: with\n\n") << id;
  EXPECT_EQ(client.read_chunk(), "event: message\nid: !~\ndata: end\n\n");
  EXPECT_EQ(client.read_chunk(), "");
}

TEST_P(HttpEvent, EndsWithoutOneWhenTheLastReplyIsEmpty) {
  Server server;
  server.host.script("s",
                     {first({.text = "only"}), {.flags = kLast, .event_id = "x", .retry_ms = 9}});
  Client client(server.port());
  ASSERT_TRUE(client.post("s"));
  EXPECT_EQ(client.read().body, "event: message\ndata: only\n\n");
  ASSERT_TRUE(client.post("next"));
  EXPECT_EQ(client.read().body, "next");
}

TEST_P(HttpEvent, OfAnOlderHostHasNeither) {
  Server server;
  server.host.script("s", {first({.text = "one", .old_host = true}),
                           {.text = "two", .flags = kLast, .old_host = true}});
  Client client(server.port());
  ASSERT_TRUE(client.post("s"));
  EXPECT_EQ(client.read().body, "event: message\ndata: one\n\nevent: message\ndata: two\n\n");
}

TEST_P(HttpEvent, IsAllThatAClientGetsThatTakesStreamsOnly) {
  Server server;
  server.host.script("s", {first({.event_id = "p"}), {.text = "end", .flags = kLast}});
  server.host.script("single", {first({.text = "{}", .flags = kLast, .event_id = "q"})});
  Client client(server.port());
  const std::string accept = "Accept: text/event-stream\r\n";
  ASSERT_TRUE(client.send(post("s", accept)));
  const Response stream = client.read();
  EXPECT_EQ(stream.header("content-type"), "text/event-stream");
  EXPECT_EQ(stream.body, "id: p\ndata: \n\nevent: message\ndata: end\n\n");
  ASSERT_TRUE(client.send(post("single", accept)));
  const Response single = client.read();
  EXPECT_EQ(single.header("content-type"), "text/event-stream");
  EXPECT_EQ(single.body, "event: message\nid: q\ndata: {}\n\n");
}

TEST_P(HttpEvent, IsDroppedForAClientThatTakesJsonOnly) {
  Server server;
  server.host.add_header("Mcp-Session-Id", "abc");
  server.host.script("s", {first({.event_id = "p", .retry_ms = 5}),
                           {.text = "progress", .event_id = "q"},
                           {.text = "end", .flags = kLast, .event_id = "r"}});
  Client client(server.port());
  ASSERT_TRUE(client.send(post("s", "Accept: application/json\r\n")));
  const Response r = client.read();
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.header("content-type"), "application/json");
  EXPECT_EQ(r.header("mcp-session-id"), "abc");
  EXPECT_EQ(r.body, "end");
}

// A stream's head and nothing more.
TEST_P(HttpEvent, IsNotNeededToOpenAStream) {
  Server server;
  server.host.add_header("Mcp-Session-Id", "abc");
  server.host.script("GET", {first({.flags = kIdle})});
  Client client(server.port());
  ASSERT_TRUE(client.send(get()));
  const Response r = client.read_head();
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.header("content-type"), "text/event-stream");
  EXPECT_EQ(r.header("mcp-session-id"), "abc");
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  EXPECT_EQ(server.host.push("GET", {.text = "news", .flags = kIdle, .event_id = "1"}), 1);
  EXPECT_EQ(client.read_chunk(), "event: message\nid: 1\ndata: news\n\n");
  EXPECT_EQ(server.host.push("GET", {.flags = kLast}), 1);
  EXPECT_EQ(client.read_chunk(), "");
  ASSERT_TRUE(client.post("next"));
  EXPECT_EQ(client.read().body, "next");
}

TEST_P(HttpEvent, IsNoneWhenAGetIsRefused) {
  Server server;
  server.host.add_header("Mcp-Session-Id", "abc");
  server.host.script("GET",
                     {first({.text = R"({"error":1})", .flags = kLast, .http_status = 404})});
  Client client(server.port());
  ASSERT_TRUE(client.send(get()));
  const Response r = client.read();
  EXPECT_EQ(r.status, 404);
  EXPECT_EQ(r.header("content-type"), "application/json");
  EXPECT_EQ(r.header("mcp-session-id"), "abc");
  EXPECT_EQ(r.body, R"({"error":1})");
}

TEST_P(HttpEvent, IsRefusedToAClientThatWouldWaitForEver) {
  Server server;
  server.host.script("s", {first({.text = "open", .flags = kIdle})});
  server.host.script("GET", {first({.flags = kIdle})});
  server.host.script("becomes", {first({.text = "progress"}), {.text = "wait", .flags = kIdle}});
  const std::string json = "Accept: application/json\r\n";
  const std::string requests[] = {post("s", json), post("s", ""), post("becomes", json), get(json)};
  int cancelled = 0;
  for (const std::string& request : requests) {
    Client client(server.port());
    ASSERT_TRUE(client.send(request));
    const Response r = client.read();
    EXPECT_EQ(r.status, 406) << request;
    EXPECT_EQ(r.header("content-type"), "application/json") << request;
    EXPECT_TRUE(client.ended()) << request;
    EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 0; })) << request;
    EXPECT_EQ(server.host.cancelled(), ++cancelled) << request;
  }
}

TEST_P(HttpEvent, IsTakenFromAGetUnlessAcceptExcludesIt) {
  Server server;
  server.host.script("GET", {first({.flags = kIdle})});
  for (const char* accept : {"", "Accept: */*\r\n", "Accept: text/*\r\n"}) {
    Client client(server.port());
    ASSERT_TRUE(client.send(get(accept)));
    EXPECT_EQ(client.read_head().header("content-type"), "text/event-stream") << accept;
  }
}

gov::testing::Config chatty() {
  gov::testing::Config config;
  config.set("keepalive_interval", 40).set("idle_timeout", 100);
  return config;
}

TEST(HttpIdle, StreamsAreKeptAliveAndOutliveTheIdleTimeout) {
  Server server(chatty());
  server.host.script("GET", {{.flags = kIdle}});
  Client client(server.port());
  ASSERT_TRUE(client.send(get()));
  EXPECT_EQ(client.read_head().status, 200);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.read_chunk(), ": keepalive\n\n");
}

TEST(HttpIdle, StreamsAreEndedByTheHostWhenItDrains) {
  Server server(chatty());
  server.host.script("GET", {{.flags = kIdle}});
  Client stream(server.port()), other(server.port());
  ASSERT_TRUE(stream.send(get()));
  EXPECT_EQ(stream.read_head().status, 200);
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  ASSERT_TRUE(other.post("x"));
  EXPECT_EQ(other.read().status, 200);
  server.drain();
  EXPECT_TRUE(other.ended());
  EXPECT_EQ(stream.read_chunk(), ": keepalive\n\n");  // waited for
  EXPECT_EQ(server.host.push("GET", {.text = "bye", .flags = kLast}), 1);
  std::string chunk;
  do chunk = stream.read_chunk();
  while (chunk.starts_with(':'));
  EXPECT_EQ(chunk, "event: message\ndata: bye\n\n");
  EXPECT_EQ(stream.read_chunk(), "");
  EXPECT_TRUE(stream.ended());
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_EQ(server.host.cancelled(), 0);
}

TEST(HttpIdle, StreamsAreClosedWhenTheCallIsCancelled) {
  Server server;
  server.host.script("GET", {{.flags = kIdle}});
  Client stream(server.port());
  ASSERT_TRUE(stream.send(get()));
  EXPECT_EQ(stream.read_head().status, 200);
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  server.drain();
  server.cancel();
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_TRUE(stream.ended());
  EXPECT_EQ(server.host.cancelled(), 1);
  EXPECT_EQ(server.host.open(), 0);
}

}  // namespace
