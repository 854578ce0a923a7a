// HTTP+SSE of MCP 2024-11-05.
#include "sse_client.h"

namespace {

using transport_tests::Client;
using transport_tests::FakeHost;
using transport_tests::kIdle;
using transport_tests::kLast;
using transport_tests::Response;
using transport_tests::Server;
using transport_tests::SseClient;
using transport_tests::with_sse;

void expect_accepted(const Response& r) {
  EXPECT_EQ(r.status_line, "HTTP/1.1 202 Accepted");
  EXPECT_EQ(r.header("content-type"), "text/plain");
  EXPECT_EQ(r.body, "Accepted");
}

TEST(HttpSse, IsOffUnlessAPathIsSet) {
  Server server;
  for (const char* path : {"/sse", "/", "/messages", "/sse/messages"}) {
    Client client(server.port());
    ASSERT_TRUE(client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(client.read().status, 404) << path;
  }
}

TEST(HttpSse, NamesTheEndpointFirstAndAnswersOnTheStream) {
  Server server(with_sse());
  SseClient client(server);
  EXPECT_EQ(client.head().header("content-type"), "text/event-stream");
  EXPECT_EQ(client.head().header("cache-control"), "no-cache, no-transform");
  const std::string begin = "/sse/messages?sessionId=";
  ASSERT_TRUE(client.endpoint().starts_with(begin)) << client.endpoint();
  const std::string key = client.endpoint().substr(begin.size());
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos) << key;

  expect_accepted(client.post("at once"));
  EXPECT_EQ(client.message(), "at once");
  expect_accepted(client.post("later from a thread"));
  EXPECT_EQ(client.message(), "from a thread");
  expect_accepted(client.post("early 2"));
  for (const char* text : {"first", "message 0", "message 1", "end"})
    EXPECT_EQ(client.message(), text);
  expect_accepted(client.post("quiet"));  // no event
  expect_accepted(client.post("after"));
  EXPECT_EQ(client.message(), "after");
}

TEST(HttpSse, TellsTheHostOfOneClientAndOfThePost) {
  Server server(with_sse());
  SseClient client(server), other(server);
  expect_accepted(client.post("one", "Authorization: Bearer x\r\n"));
  expect_accepted(client.post("two"));
  expect_accepted(other.post("three"));
  const auto messages = server.host.messages();
  ASSERT_EQ(messages.size(), 3u);
  for (const FakeHost::Message& m : messages) {
    EXPECT_EQ(m.flags, std::uint32_t{GOV_INBOUND_SESSION});
    EXPECT_EQ(m.method, "");
    EXPECT_EQ(m.target, "");
    EXPECT_EQ(m.transport, "http");
    EXPECT_EQ(m.uid, GOV_NO_UID);
    EXPECT_TRUE(m.address.starts_with("127.0.0.1:")) << m.address;
  }
  EXPECT_EQ(messages[0].body, "one");
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"host", "localhost"},
      {"content-type", "application/json"},
      {"accept", "application/json, text/event-stream"},
      {"content-length", "3"},
      {"authorization", "Bearer x"}};
  EXPECT_EQ(messages[0].headers, headers);
  EXPECT_NE(messages[0].address, messages[1].address);  // of the POST
  EXPECT_EQ(messages[0].connection, messages[1].connection);
  EXPECT_NE(messages[0].connection, messages[2].connection);

  const std::uint64_t id = messages[0].connection;
  client.stream().close();
  EXPECT_TRUE(server.host.eventually([&] {
    const auto closed = server.host.closed();
    return std::count(closed.begin(), closed.end(), id) == 1;
  }));
}

TEST(HttpSse, GivesThePostTheHostsRefusalInsteadOfTheStream) {
  Server server(with_sse());
  server.host.add_header("WWW-Authenticate", "Bearer");
  SseClient client(server);
  for (const std::uint32_t status : {401u, 403u, 429u, 503u}) {
    server.host.script("s", {{.text = R"({"error":1})", .flags = kLast, .http_status = status}});
    const Response r = client.post("s");
    EXPECT_EQ(r.status, static_cast<int>(status));
    EXPECT_EQ(r.header("content-type"), "application/json");
    EXPECT_EQ(r.header("www-authenticate"), "Bearer");
    EXPECT_EQ(r.body, R"({"error":1})");
  }
  // Other faults, later replies and those of other threads belong to the stream.
  server.host.script("s", {{.text = "fault", .flags = kLast, .http_status = 400}});
  expect_accepted(client.post("s"));
  EXPECT_EQ(client.message(), "fault");
  server.host.script("s", {{.text = "begun"}, {.text = "no", .flags = kLast, .http_status = 403}});
  expect_accepted(client.post("s"));
  EXPECT_EQ(client.message(), "begun");
  EXPECT_EQ(client.message(), "no");
  server.host.script("s", {{.text = "late", .flags = kLast, .http_status = 401, .later = true}});
  expect_accepted(client.post("s"));
  EXPECT_EQ(client.message(), "late");
}

TEST(HttpSse, UnknownSessionsAreNotFound) {
  Server server(with_sse());
  std::string gone;
  {
    SseClient client(server);
    gone = client.endpoint();
  }
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 1; }));
  const std::string key(32, '0');
  for (const std::string& path :
       {gone, "/sse/messages?sessionId=" + key, std::string("/sse/messages?sessionId="),
        std::string("/sse/messages?sessionId"), std::string("/sse/messages"),
        "/sse/messages?xsessionId=" + key}) {
    Client client(server.port());
    ASSERT_TRUE(client.post("x", "", path));
    const Response r = client.read();
    EXPECT_EQ(r.status, 404) << path;
    EXPECT_EQ(r.header("content-type"), "application/json") << path;
    EXPECT_TRUE(r.body.starts_with(R"({"jsonrpc":"2.0","error":{)")) << r.body;
    ASSERT_TRUE(client.post("still in step"));
    EXPECT_EQ(client.read().body, "still in step");
  }
}

TEST(HttpSse, KeepsTheRulesOfTheEndpoint) {
  gov::testing::Config config = with_sse();
  config.set("max_body", 2000);
  Server server(std::move(config));
  SseClient client(server);
  const std::string post = "POST " + client.endpoint() + " HTTP/1.1\r\n";
  const std::string json = "Host: localhost\r\nContent-Type: application/json\r\n";
  const struct {
    std::string request;
    int status;
    const char* allow;
  } cases[] = {
      {post + json + "Content-Length: 2001\r\n\r\n", 413, ""},
      {post + json + "Transfer-Encoding: chunked\r\n\r\n7d1\r\n", 413, ""},
      {post + "Host: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415,
       ""},
      {post + json + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415, ""},
      {post + json + "Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}", 403, ""},
      {post + "Host: evil.example\r\nContent-Type: application/json\r\n\r\n", 403, ""},
      {"GET /sse HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, ""},
      {"GET /sse HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n", 403, ""},
      {"GET /sse HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n", 406, ""},
      {"POST /sse HTTP/1.1\r\n" + json + "Content-Length: 2\r\n\r\n{}", 405, "GET, OPTIONS"},
      {"DELETE /sse HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "GET, OPTIONS"},
      {"GET " + client.endpoint() + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "POST, OPTIONS"},
      {"GET /sse/x HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, ""},
  };
  for (const auto& c : cases) {
    Client other(server.port());
    ASSERT_TRUE(other.send(c.request));
    const Response r = other.read();
    EXPECT_EQ(r.status, c.status) << c.request;
    EXPECT_EQ(r.header("allow"), c.allow) << c.request;
    EXPECT_EQ(r.header("content-type"), "application/json") << c.request;
  }
  EXPECT_EQ(server.host.count(), 0u);

  Client chunked(server.port());
  ASSERT_TRUE(chunked.send(post + json + "Accept: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" +
                           "3\r\nin \r\n6\r\npieces\r\n0\r\n\r\n"));
  expect_accepted(chunked.read());
  EXPECT_EQ(client.message(), "in pieces");
  ASSERT_TRUE(chunked.post("same connection", "", client.endpoint()));
  expect_accepted(chunked.read());
  EXPECT_EQ(client.message(), "same connection");
}

TEST(HttpSse, PagesOfAllowedOriginsMayUseIt) {
  Server server(with_sse());
  const std::string origin = "Origin: http://localhost:6274\r\n";
  SseClient client(server, origin);
  EXPECT_EQ(client.head().header("access-control-allow-origin"), "http://localhost:6274");
  const Response r = client.post("x", origin);
  expect_accepted(r);
  EXPECT_EQ(r.header("access-control-allow-origin"), "http://localhost:6274");
  Client preflight(server.port());
  ASSERT_TRUE(preflight.send("OPTIONS " + client.endpoint() + " HTTP/1.1\r\nHost: localhost\r\n" +
                             origin + "\r\n"));
  const Response allowed = preflight.read();
  EXPECT_EQ(allowed.status, 204);
  EXPECT_EQ(allowed.header("access-control-allow-methods"), "POST, OPTIONS");
}

TEST(HttpSse, AnswersPipelinedPostsInOrder) {
  Server server(with_sse());
  SseClient client(server);
  Client posts(server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    all += Client::post_text(n, "", client.endpoint()) + Client::post_text("plain " + n);
  }
  ASSERT_TRUE(posts.send(all));
  for (int i = 0; i < 100; ++i) {
    expect_accepted(posts.read());
    EXPECT_EQ(posts.read().body, "plain " + std::to_string(i));
    EXPECT_EQ(client.message(), std::to_string(i));
  }
}

TEST(HttpSse, LimitsWhatIsInFlightButNotWhatIsIdle) {
  Server server(with_sse());
  server.host.script("subscribe", {{.flags = kIdle}});
  server.host.script("becomes", {{.text = "ack", .flags = kIdle, .later = true}});
  SseClient client(server);
  for (int i = 0; i < 70; ++i) expect_accepted(client.post("subscribe"));
  for (int i = 0; i < 70; ++i) {
    expect_accepted(client.post("becomes"));
    EXPECT_EQ(client.message(), "ack");
  }
  for (int i = 0; i < 64; ++i) expect_accepted(client.post("held"));
  const Response r = client.post("held");
  EXPECT_EQ(r.status, 429);
  EXPECT_NE(r.header("retry-after"), "");
  EXPECT_EQ(r.header("content-type"), "application/json");
  EXPECT_EQ(server.host.count(), 204u);
  EXPECT_EQ(server.host.push("subscribe", {.text = "news", .flags = kIdle}), 70);
  for (int i = 0; i < 70; ++i) EXPECT_EQ(client.message(), "news");
  server.host.open_gate();
  for (int i = 0; i < 64; ++i) EXPECT_EQ(client.message(), "held");
  expect_accepted(client.post("free again"));
  EXPECT_EQ(client.message(), "free again");
  // No longer idle: they count again.
  EXPECT_EQ(server.host.push("subscribe", {.text = "work"}), 70);
  for (int i = 0; i < 70; ++i) EXPECT_EQ(client.message(), "work");
  EXPECT_EQ(client.post("one more").status, 429);
}

TEST(HttpSse, LeavesOutEventsWithoutData) {
  Server server(with_sse());
  server.host.script("s", {{.event_id = "1", .retry_ms = 5000},
                           {.flags = kIdle, .later = true},
                           {.text = "data", .flags = kLast}});
  SseClient client(server);
  expect_accepted(client.post("s"));
  EXPECT_EQ(client.message(), "data");
}

TEST(HttpSse, CancelsEverythingWhenTheStreamEnds) {
  Server server(with_sse());
  server.host.script("subscribe", {{.flags = kIdle}});
  SseClient client(server);
  for (const char* body : {"never", "open", "subscribe", "never"})
    expect_accepted(client.post(body));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 4; }));
  client.stream().close();
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 0; }));
  EXPECT_EQ(server.host.cancelled(), 4);
  EXPECT_EQ(client.post("too late").status, 404);
}

TEST(HttpSse, KeepsASilentStreamAlive) {
  gov::testing::Config config = with_sse();
  config.set("keepalive_interval", 40).set("idle_timeout", 100);
  Server server(std::move(config));
  SseClient client(server);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.stream().read_chunk(), ": keepalive\n\n");
}

TEST(HttpSse, CutsAStreamThatTheClientDoesNotRead) {
  gov::testing::Config config = with_sse();
  config.set("max_buffered", 65536);
  Server server(std::move(config));
  SseClient client(server);
  expect_accepted(client.post("stream 1000000"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 0; }));
  EXPECT_EQ(server.host.cancelled(), 1);
  EXPECT_EQ(client.post("x").status, 404);
}

TEST(HttpSse, WorksWithoutChunks) {
  Server server(with_sse());
  Client stream(server.port());
  ASSERT_TRUE(stream.send("GET /sse/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const Response head = stream.read_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("connection"), "close");
  const std::string event = stream.read_until("\n\n");
  const std::string endpoint = event.substr(event.find('/'), event.size() - event.find('/') - 2);
  Client post(server.port());
  ASSERT_TRUE(post.post("hello", "", endpoint));
  expect_accepted(post.read());
  EXPECT_EQ(stream.read_until("\n\n"), "event: message\ndata: hello\n\n");
}

TEST(HttpSse, DrainClosesAStreamWithoutWork) {
  Server server(with_sse());
  server.host.script("subscribe", {{.flags = kIdle}});
  SseClient silent(server), subscribed(server), busy(server);
  expect_accepted(subscribed.post("subscribe"));
  expect_accepted(busy.post("held"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 2; }));
  EXPECT_EQ(server.host.push("subscribe", {.text = "bye", .flags = kIdle}), 1);
  server.drain();
  EXPECT_EQ(silent.stream().read_chunk(), "");
  EXPECT_TRUE(silent.stream().ended());
  EXPECT_EQ(subscribed.message(), "bye");
  EXPECT_EQ(subscribed.stream().read_chunk(), "");
  EXPECT_TRUE(subscribed.stream().ended());
  EXPECT_EQ(server.host.cancelled(), 1);
  EXPECT_TRUE(busy.stream().silent(50));
  server.host.open_gate();
  EXPECT_EQ(busy.message(), "held");
  EXPECT_EQ(busy.stream().read_chunk(), "");
  EXPECT_TRUE(busy.stream().ended());
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_EQ(server.host.closed().size(), 5u);
}

TEST(HttpSse, CancelClosesEveryStream) {
  Server server(with_sse());
  SseClient client(server);
  expect_accepted(client.post("never"));
  server.cancel();
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_TRUE(client.stream().ended());
  EXPECT_EQ(server.host.cancelled(), 1);
}

TEST(HttpSse, RefusesPathsThatCannotWork) {
  const auto error_of = [](const char* path, const char* sse_path) -> std::string {
    gov::testing::Host host;
    gov::testing::Config config;
    config.set("path", path).set("sse_path", sse_path);
    try {
      gov::testing::Loaded::open(TRANSPORT_SO, "http", host, config);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "";
  };
  for (const char* wrong : {"sse", "/", "//", "/a?b", "/a#b", "/a b", "/a\nb", "/\xc3\xa9"})
    EXPECT_TRUE(error_of("/mcp", wrong).starts_with("sse_path = ")) << wrong;
  EXPECT_NE(error_of("/mcp", "/mcp/").find("each other's way"), std::string::npos);
  EXPECT_NE(error_of("/x/messages", "/x").find("each other's way"), std::string::npos);
  EXPECT_EQ(error_of("/mcp", "/mcp/sse/"), "");
  EXPECT_EQ(error_of("/mcp", ""), "");
}

}  // namespace
