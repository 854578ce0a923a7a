// Requests that must not work, and clients that misbehave.
#include "server.h"

namespace {

using transport_tests::Client;
using transport_tests::kHead;
using transport_tests::Response;
using transport_tests::Server;

void expect_refusal(Client& client, int status, const std::string& what) {
  const Response r = client.read();
  EXPECT_EQ(r.status, status) << what;
  EXPECT_EQ(r.header("content-type"), "application/json") << what;
  EXPECT_TRUE(r.body.starts_with(R"({"jsonrpc":"2.0","error":{"code":-32600,)")) << r.body;
  EXPECT_EQ(r.header("connection"), "close") << what;
  EXPECT_TRUE(client.ended()) << what;
}

TEST(HttpHostile, ForeignHostsAndOriginsAreForbiddenBeforeTheBodyIsRead) {
  Server server;
  const struct {
    const char* headers;
    int status;
  } cases[] = {
      {"Host: localhost\r\n", 200},
      {"Host: 127.0.0.1:8080\r\n", 200},
      {"Host: [::1]\r\nOrigin: http://localhost:6274\r\n", 200},
      {"Host: localhost\r\nOrigin: https://127.0.0.1\r\n", 200},
      {"Host: evil.example.com\r\n", 403},
      {"Host: localhost.evil.example.com\r\n", 403},
      {"Host: localhost\r\nOrigin: http://evil.example.com\r\n", 403},
      {"Host: localhost\r\nOrigin: null\r\n", 403},
      {"Host: localhost\r\nOrigin:\r\n", 403},
      {"Host: evil.example.com\r\nOrigin: http://evil.example.com\r\n", 403},
      {"Host: localhost\r\nHost: localhost\r\n", 400},
      {"Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\n", 400},
      {"X: no host\r\n", 400},
  };
  for (const auto& c : cases) {
    Client client(server.port());
    // The body is announced and never sent: a refusal must not wait for it.
    const bool good = c.status == 200;
    ASSERT_TRUE(client.send(std::string("POST /mcp HTTP/1.1\r\n") + c.headers +
                            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n" +
                            (good ? std::string(1000, 'x') : "")));
    if (good) {
      EXPECT_EQ(client.read().status, 200) << c.headers;
    } else {
      expect_refusal(client, c.status, c.headers);
    }
  }
  Client absolute(server.port());
  ASSERT_TRUE(absolute.post("x", "", "http://evil.example.com/mcp"));
  EXPECT_EQ(absolute.read().status, 403);
  EXPECT_EQ(server.host.count(), 4u);
}

TEST(HttpHostile, BrowsersOfAllowedOriginsMayReadEveryAnswer) {
  gov::testing::Config config;
  config.set_json("allowed_origins", R"(["https://app.example.com"])");
  Server server(std::move(config));
  Client client(server.port());
  const std::string origin = "Origin: https://app.example.com\r\n";
  const auto expect_cors = [&](const Response& r, int status) {
    EXPECT_EQ(r.status, status);
    EXPECT_EQ(r.header("access-control-allow-origin"), "https://app.example.com");
    EXPECT_EQ(r.header("vary"), "Origin");
    EXPECT_NE(r.header("access-control-expose-headers").find("Mcp-Session-Id"), std::string::npos);
  };
  ASSERT_TRUE(client.post("x", origin));
  expect_cors(client.read(), 200);
  ASSERT_TRUE(client.post("later x", origin));
  expect_cors(client.read(), 200);
  ASSERT_TRUE(client.post("refuse", origin));
  expect_cors(client.read(), 429);
  ASSERT_TRUE(client.send(std::string("PUT /mcp") + kHead + origin + "\r\n"));
  expect_cors(client.read(), 405);
  ASSERT_TRUE(client.post("stream 1", origin));
  expect_cors(client.read(), 200);
  ASSERT_TRUE(client.post("x", "Origin: http://localhost\r\n"));
  const Response refused = client.read();
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.header("access-control-allow-origin"), "");
}

TEST(HttpHostile, PreflightsAreAnsweredWithoutTheHost) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(client.send(std::string("OPTIONS /mcp") + kHead +
                          "Origin: http://localhost:6274\r\n"
                          "Access-Control-Request-Method: POST\r\n"
                          "Access-Control-Request-Headers: content-type, mcp-param-region, "
                          "Mcp-Param-X, mcp-param-\x80, x-other\r\n\r\n"));
  const Response r = client.read();
  EXPECT_EQ(r.status, 204);
  EXPECT_EQ(r.header("content-length"), "");
  EXPECT_EQ(r.header("access-control-allow-origin"), "http://localhost:6274");
  EXPECT_EQ(r.header("access-control-allow-methods"), "GET, POST, DELETE, OPTIONS");
  const std::string allowed = r.header("access-control-allow-headers");
  for (const char* name :
       {"content-type", "authorization", "mcp-session-id", "last-event-id", "mcp-protocol-version",
        "mcp-method", "mcp-name", "mcp-param-region", "Mcp-Param-X"})
    EXPECT_NE(allowed.find(name), std::string::npos) << name;
  EXPECT_EQ(allowed.find("x-other"), std::string::npos);
  EXPECT_EQ(allowed.find('\x80'), std::string::npos);
  EXPECT_NE(r.header("access-control-max-age"), "");

  ASSERT_TRUE(client.send(std::string("OPTIONS /mcp/") + kHead + "\r\n"));
  const Response plain = client.read();
  EXPECT_EQ(plain.status, 204);
  EXPECT_EQ(plain.header("access-control-allow-headers"), "");
  ASSERT_TRUE(client.send(std::string("OPTIONS /.well-known/x") + kHead + "\r\n"));
  EXPECT_EQ(client.read().header("allow"), "GET, OPTIONS");
  ASSERT_TRUE(client.send(std::string("OPTIONS *") + kHead + "\r\n"));
  EXPECT_EQ(client.read().status, 204);
  ASSERT_TRUE(
      client.send(std::string("OPTIONS /mcp") + kHead + "Origin: https://evil.example\r\n\r\n"));
  EXPECT_EQ(client.read().status, 403);
  EXPECT_EQ(server.host.count(), 0u);
}

TEST(HttpHostile, RequestsThatCouldBeSmuggledCloseTheConnection) {
  Server server;
  const std::string post = std::string("POST /mcp") + kHead + "Content-Type: application/json\r\n";
  const std::string next = Client::post_text("smuggled");
  const std::string cases[] = {
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
      post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + next,
      post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + next,
      post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + next,
      post + "Content-Length: 2, 2\r\n\r\n{}" + next,
      post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + next,
      post + "Transfer-Encoding: identity\r\n\r\n" + next,
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
      post + "X: a\r\n folded\r\nContent-Length: 2\r\n\r\n{}" + next,
      post + "X: a\nContent-Length: 2\r\n\r\n{}" + next,
      post + "Content-Length : 2\r\n\r\n{}" + next,
      post + "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n" + next,
      post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}X0\r\n\r\n" + next,
      "POST /mcp HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n" + next,
      "POST /mcp HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
      std::string("CONNECT localhost:80") + kHead + "\r\n",
      "GET /mcp HTTP/3.0\r\nHost: localhost\r\n\r\n",
      "GET mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      "nonsense\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
  };
  for (const std::string& text : cases) {
    Client client(server.port());
    ASSERT_TRUE(client.send(text));
    const Response r = client.read();
    EXPECT_EQ(r.status, 400) << text;
    EXPECT_EQ(r.header("content-type"), "application/json") << text;
    if (!text.starts_with("CONNECT")) {
      EXPECT_TRUE(client.ended()) << text;
    }
  }
  EXPECT_EQ(server.host.count(), 0u);
}

TEST(HttpHostile, OversizedBodiesAreRefusedUnread) {
  gov::testing::Config config;
  config.set("max_body", 10'000);
  Server server(std::move(config));
  const std::string post = std::string("POST /mcp") + kHead + "Content-Type: application/json\r\n";
  {
    Client client(server.port());
    ASSERT_TRUE(client.send(post + "Content-Length: 1073741824\r\n\r\n"));
    expect_refusal(client, 413, "announced");
  }
  {
    Client client(server.port());
    ASSERT_TRUE(client.send(post + "Content-Length: 10001\r\nExpect: 100-continue\r\n\r\n"));
    expect_refusal(client, 413, "expected");
  }
  {
    Client client(server.port());
    const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
    client.send(post + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) client.send(chunk);
    expect_refusal(client, 413, "chunked");
  }
  {
    Client client(server.port());
    ASSERT_TRUE(client.send(post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"));
    expect_refusal(client, 413, "one huge chunk");
  }
  {
    Client client(server.port());
    ASSERT_TRUE(
        client.send(post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(9000, 'e')));
    expect_refusal(client, 400, "endless chunk line");
  }
  {
    Client client(server.port());  // still sending when the answer comes
    ASSERT_TRUE(client.send(post + "Content-Length: 3000000\r\n\r\n"));
    for (int i = 0; i < 30 && client.send(std::string(100'000, 'x')); ++i) {
    }
    EXPECT_EQ(client.read().status, 413);
  }
  Client client(server.port());
  ASSERT_TRUE(client.post(std::string(10'000, 'x')));
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(server.host.count(), 1u);
}

TEST(HttpHostile, OversizedHeadsAreRefused) {
  Server server;
  {
    Client client(server.port());
    client.send(std::string("POST /mcp") + kHead + "X: " + std::string(17'000, 'x'));
    expect_refusal(client, 431, "one long header");
  }
  {
    Client client(server.port());
    client.send("POST /" + std::string(17'000, 'x'));
    expect_refusal(client, 431, "long target");
  }
  {
    Client client(server.port());
    std::string head = std::string("POST /mcp") + kHead;
    for (int i = 0; i < 100; ++i) head += "X: y\r\n";
    client.send(head + "\r\n");
    expect_refusal(client, 431, "101 headers");
  }
  {
    Client client(server.port());  // in many writes, each of them small
    client.send(std::string("POST /mcp") + kHead);
    const std::string line = "X: " + std::string(290, 'x') + "\r\n";
    for (int i = 0; i < 60 && client.send(line); ++i) {
    }
    expect_refusal(client, 431, "many headers");
  }
  Client client(server.port());
  std::string head;
  for (int i = 0; i < 90; ++i) head += "X: " + std::string(100, 'x') + "\r\n";
  ASSERT_TRUE(client.post("fits", head));
  EXPECT_EQ(client.read().body, "fits");
}

gov::testing::Config hasty() {
  gov::testing::Config config;
  config.set("header_timeout", 150).set("body_timeout", 150).set("idle_timeout", 400);
  config.set("write_timeout", 150);
  return config;
}

TEST(HttpHostile, SlowRequestsAreClosedInTime) {
  Server server(hasty());
  const auto start = std::chrono::steady_clock::now();
  Client silent(server.port()), header(server.port()), body(server.port()), chunks(server.port());
  ASSERT_TRUE(header.send("POST /mcp HTTP/1.1\r\nHost: loc"));
  const std::string whole = Client::post_text("0123456789");
  ASSERT_TRUE(body.send(whole.substr(0, whole.size() - 5)));
  ASSERT_TRUE(chunks.send(std::string("POST /mcp") + kHead +
                          "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1"));
  EXPECT_TRUE(silent.ended());
  expect_refusal(header, 408, "header");
  expect_refusal(body, 408, "body");
  expect_refusal(chunks, 408, "chunks");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(server.host.count(), 0u);
}

TEST(HttpHostile, SlowlorisOneByteAtATimeDoesNotExtendTheTime) {
  Server server(hasty());
  Client client(server.port());
  const std::string text = "POST /mcp HTTP/1.1\r\nX: " + std::string(500, 'x');
  std::size_t sent = 0;
  while (sent < text.size() && client.silent(20)) {
    if (!client.send(text.substr(sent++, 1))) break;
  }
  EXPECT_LT(sent, 100u);
  EXPECT_EQ(client.read().status, 408);
}

TEST(HttpHostile, IdleConnectionsAreClosedAndBusyOnesAreNot) {
  Server server(hasty());
  Client idle(server.port()), busy(server.port());
  ASSERT_TRUE(idle.post("x"));
  EXPECT_EQ(idle.read().status, 200);
  ASSERT_TRUE(busy.post("held"));
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(busy.silent(500));  // longer than every timeout
  server.host.open_gate();
  EXPECT_EQ(busy.read().body, "held");
}

TEST(HttpHostile, AClientThatDoesNotReadIsClosed) {
  Server server(hasty());
  Client client(server.port(), 4096);
  ASSERT_TRUE(client.post("big 50000000"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 1; }));
}

TEST(HttpHostile, AClientThatReadsSlowlyGetsEverything) {
  Server server(hasty());
  Client client(server.port(), 4096);
  std::string all;
  for (int i = 0; i < 60; ++i) all += Client::post_text("big 100000");
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(client.read().body.size(), 100'000u);
    if (i % 10 == 0) (void)client.silent(30);
  }
}

TEST(HttpHostile, OneAddressDoesNotGetAllConnections) {
  gov::testing::Config config;
  config.set("max_connections_per_address", 2);
  Server server(std::move(config));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_TRUE(clients.back()->post("x"));
    EXPECT_EQ(clients.back()->read().status, 200);
  }
  Client third(server.port());
  const Response r = third.read();
  EXPECT_EQ(r.status, 503);
  EXPECT_NE(r.body.find("too many connections from your address"), std::string::npos) << r.body;
  EXPECT_TRUE(server.records.logged("max_connections_per_address"));
  third.close();

  clients.pop_back();
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 2; }));
  Client again(server.port());
  ASSERT_TRUE(again.post("x"));
  EXPECT_EQ(again.read().status, 200) << "a place is free again";
}

TEST(HttpHostile, TooManyConnectionsAreTurnedAwayPolitely) {
  gov::testing::Config config;
  config.set("max_connections", 3);
  Server server(std::move(config));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_TRUE(clients.back()->post("x"));
    EXPECT_EQ(clients.back()->read().status, 200);
  }
  Client fourth(server.port());
  const Response r = fourth.read();
  EXPECT_EQ(r.status, 503);
  EXPECT_EQ(r.header("connection"), "close");
  EXPECT_NE(r.header("retry-after"), "");
  EXPECT_TRUE(r.body.starts_with(R"({"jsonrpc":"2.0","error":{"code":-32603,)")) << r.body;
  EXPECT_TRUE(fourth.ended());
  EXPECT_TRUE(server.records.logged("max_connections"));
  fourth.close();

  clients.pop_back();
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 2; }));
  Client again(server.port());
  ASSERT_TRUE(again.post("x"));
  EXPECT_EQ(again.read().status, 200);
}

}  // namespace
