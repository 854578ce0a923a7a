// Ordinary requests and what the transport answers by itself.
#include "server.h"

namespace {

using transport_tests::Client;
using transport_tests::FakeHost;
using transport_tests::kHead;
using transport_tests::Response;
using transport_tests::Server;

TEST(HttpRequest, IsAnsweredAsJsonAndTheConnectionStaysOpen) {
  Server server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.post("{\"n\":" + std::to_string(i) + "}"));
    const Response r = client.read();
    EXPECT_EQ(r.status_line, "HTTP/1.1 200 OK");
    EXPECT_EQ(r.header("content-type"), "application/json");
    EXPECT_EQ(r.header("connection"), "");
    EXPECT_EQ(r.header("access-control-allow-origin"), "");
    EXPECT_TRUE(r.header("date").ends_with(" GMT")) << r.header("date");
    EXPECT_EQ(r.body, "{\"n\":" + std::to_string(i) + "}");
  }
  const auto messages = server.host.messages();
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_NE(messages[0].connection, 0u);
  EXPECT_EQ(messages[0].connection, messages[2].connection);
}

TEST(HttpRequest, TellsTheHostWhoAsksAndHow) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(
      client.post("body", "X-Mixed-Case: One\r\nx-mixed-case:  two\t\r\n", "/mcp/?token=secret"));
  EXPECT_EQ(client.read().status, 200);
  const FakeHost::Message m = server.host.messages().at(0);
  EXPECT_EQ(m.transport, "http");
  EXPECT_EQ(m.method, "POST");
  EXPECT_EQ(m.target, "/mcp/");
  EXPECT_EQ(m.uid, GOV_NO_UID);
  EXPECT_EQ(m.flags, 0u);
  EXPECT_TRUE(m.address.starts_with("127.0.0.1:")) << m.address;
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"host", "localhost"},
      {"content-type", "application/json"},
      {"accept", "application/json, text/event-stream"},
      {"content-length", "4"},
      {"x-mixed-case", "One"},
      {"x-mixed-case", "two"}};
  EXPECT_EQ(m.headers, headers);
  Client other(server.port());
  ASSERT_TRUE(other.post("x"));
  EXPECT_EQ(other.read().status, 200);
  EXPECT_NE(server.host.messages().at(1).connection, m.connection);
}

// A head that comes again is recognised and not parsed; what the host gets must not differ.
TEST(HttpRequest, IsTheSameWhetherItsHeadCameBeforeOrNot) {
  Server server;
  Client client(server.port());
  const std::string longer(2000, 'x');
  const char* const heads[] = {"X-One: First\r\n", "X-One: First\r\n",   "X-One: first\r\n",
                               "x-one: First\r\n", "X-One: First\r\n",   "X-One: First2\r\n",
                               "X-One: First\r\n", "Other-1: First\r\n", longer.c_str()};
  std::size_t sent = 0;
  for (const char* head : heads) {
    const std::string more = head == longer ? "X-One: " + longer + "\r\n" : head;
    for (const char* body : {"one!", "two!"}) {  // of one length: the heads are equal
      ASSERT_TRUE(client.post(body, more));
      EXPECT_EQ(client.read().body, body);
      const FakeHost::Message m = server.host.messages().at(sent++);
      EXPECT_EQ(m.method, "POST");
      EXPECT_EQ(m.target, "/mcp");
      const std::size_t colon = more.find(':');
      std::string name = more.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      EXPECT_EQ(m.headers.back().first, name);
      EXPECT_EQ(m.headers.back().second, more.substr(colon + 2, more.size() - colon - 4));
      EXPECT_EQ(m.headers.size(), 5u);
    }
  }
}

TEST(HttpRequest, ARefusedHeadIsRefusedAgainAndAChunkedOneReadAgain) {
  Server server;
  Client client(server.port());
  const std::string chunked = std::string("POST /mcp") + kHead +
                              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "4\r\nbody\r\n0\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(std::string("GET /nowhere") + kHead + "\r\n"));
    EXPECT_EQ(client.read().status, 404);
    ASSERT_TRUE(client.send(chunked));
    EXPECT_EQ(client.read().body, "body");
    ASSERT_TRUE(client.post("plain"));
    EXPECT_EQ(client.read().body, "plain");
    ASSERT_TRUE(client.send(chunked + chunked));
    EXPECT_EQ(client.read().body, "body");
    EXPECT_EQ(client.read().body, "body");
  }
}

TEST(HttpRequest, SendsTheHostsStatusAndHeaders) {
  Server server;
  server.host.add_header("Mcp-Session-Id", "abc");
  server.host.add_header("Evil", "x\r\nInjected: y");
  Client client(server.port());
  ASSERT_TRUE(client.post("refuse"));
  const Response busy = client.read();
  EXPECT_EQ(busy.status_line, "HTTP/1.1 429 Too Many Requests");
  EXPECT_EQ(busy.body, "{\"error\":\"busy\"}");
  EXPECT_EQ(busy.header("mcp-session-id"), "abc");
  EXPECT_FALSE(busy.headers.contains("evil"));
  EXPECT_FALSE(busy.headers.contains("injected"));
  ASSERT_TRUE(client.post("quiet"));
  const Response quiet = client.read();
  EXPECT_EQ(quiet.status_line, "HTTP/1.1 202 Accepted");
  EXPECT_EQ(quiet.header("content-length"), "0");
  EXPECT_EQ(quiet.header("content-type"), "");
  ASSERT_TRUE(client.post("later headers too"));
  EXPECT_EQ(client.read().header("mcp-session-id"), "abc");
}

TEST(HttpRequest, GetAndDeleteReachTheHostWithoutABody) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(client.send(std::string("GET /mcp") + kHead + "Accept: text/event-stream\r\n\r\n"));
  EXPECT_EQ(client.read().body, "event: message\ndata: GET /mcp\n\n");
  // GET has no other answer (2025-11-25, transports: listening for messages).
  ASSERT_TRUE(client.send(std::string("GET /mcp") + kHead +
                          "Accept: application/json, text/event-stream\r\n\r\n"));
  EXPECT_EQ(client.read().body, "event: message\ndata: GET /mcp\n\n");
  ASSERT_TRUE(client.send(std::string("DELETE /mcp") + kHead + "Content-Length: 3\r\n\r\nabc"));
  EXPECT_EQ(client.read().body, "DELETE /mcp");
  ASSERT_TRUE(
      client.send(std::string("GET /.well-known/oauth-protected-resource/mcp?x") + kHead + "\r\n"));
  EXPECT_EQ(client.read().body, "GET /.well-known/oauth-protected-resource/mcp");
}

TEST(HttpRequest, OtherPathsAndMethodsAreRefusedAsJson) {
  Server server;
  Client client(server.port());
  const struct {
    const char* start;
    int status;
    const char* allow;
  } cases[] = {
      {"GET /", 404, ""},
      {"GET /mcp2", 404, ""},
      {"POST /mcp/x", 404, ""},
      {"OPTIONS /other", 404, ""},
      {"PUT /mcp", 405, "GET, POST, DELETE, OPTIONS"},
      {"PATCH /mcp/", 405, "GET, POST, DELETE, OPTIONS"},
      {"BREW /mcp", 405, "GET, POST, DELETE, OPTIONS"},
      {"DELETE /.well-known/x", 405, "GET, OPTIONS"},
  };
  for (const auto& c : cases) {
    ASSERT_TRUE(client.send(std::string(c.start) + kHead + "\r\n"));
    const Response r = client.read();
    EXPECT_EQ(r.status, c.status) << c.start;
    EXPECT_EQ(r.header("allow"), c.allow) << c.start;
    EXPECT_EQ(r.header("content-type"), "application/json") << c.start;
    EXPECT_TRUE(r.body.starts_with(R"({"jsonrpc":"2.0","error":{"code":-32600,"message":")"))
        << r.body;
  }
  ASSERT_TRUE(client.send(std::string("HEAD /mcp") + kHead + "\r\n"));
  EXPECT_EQ(client.read(true).status, 405);
  ASSERT_TRUE(client.post("still in step"));
  EXPECT_EQ(client.read().body, "still in step");
  EXPECT_EQ(server.records.metric_value("http_refused_total"), 9);
}

TEST(HttpRequest, NeedsJsonThatIsNotCompressed) {
  Server server;
  Client client(server.port());
  const struct {
    const char* headers;
    int status;
  } cases[] = {
      {"Content-Type: application/json\r\n", 200},
      {"Content-Type: Application/JSON ; charset=utf-8\r\n", 200},
      {"Content-Type: application/json\r\nContent-Encoding: identity\r\n", 200},
      {"Content-Type: text/plain\r\n", 415},
      {"Content-Type: application/jsonp\r\n", 415},
      {"", 415},
      {"Content-Type: application/json\r\nContent-Encoding: gzip\r\n", 415},
      {"Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\n",
       415},
  };
  for (const auto& c : cases) {
    ASSERT_TRUE(
        client.send(std::string("POST /mcp") + kHead + c.headers + "Content-Length: 2\r\n\r\n{}"));
    const Response r = client.read();
    EXPECT_EQ(r.status, c.status) << c.headers;
    EXPECT_EQ(r.header("content-type"), "application/json") << c.headers;
  }
}

TEST(HttpRequest, AnswersInTheFormTheClientAccepts) {
  Server server;
  Client client(server.port());
  const struct {
    const char* accept;
    int status;
    const char* type;
    const char* body;
  } cases[] = {
      {"", 200, "application/json", "{}"},
      {"Accept: */*\r\n", 200, "application/json", "{}"},
      {"Accept: application/json\r\nAccept: text/event-stream\r\n", 200, "application/json", "{}"},
      {"Accept: text/event-stream\r\n", 200, "text/event-stream", "event: message\ndata: {}\n\n"},
      {"Accept: text/event-stream, application/json\r\n", 200, "text/event-stream",
       "event: message\ndata: {}\n\n"},
      {"Accept: text/html\r\n", 406, "application/json", nullptr},
  };
  for (const auto& c : cases) {
    ASSERT_TRUE(client.send(std::string("POST /mcp") + kHead + c.accept +
                            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
    const Response r = client.read();
    EXPECT_EQ(r.status, c.status) << c.accept;
    EXPECT_EQ(r.header("content-type"), c.type) << c.accept;
    if (c.body) {
      EXPECT_EQ(r.body, c.body) << c.accept;
    }
  }
}

TEST(HttpRequest, MayHaveAChunkedBody) {
  Server server;
  Client client(server.port());
  const std::string head = std::string("POST /mcp") + kHead +
                           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunks = "4\r\nlate\r\n3;x=y\r\nr h\r\n2\r\nel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n";
  // Whole, twice in one go, and byte by byte.
  ASSERT_TRUE(client.send(head + chunks + head + chunks));
  EXPECT_EQ(client.read().body, "hello");
  EXPECT_EQ(client.read().body, "hello");
  for (const char c : head + chunks) ASSERT_TRUE(client.send(std::string(1, c)));
  EXPECT_EQ(client.read().body, "hello");
  std::string large;
  for (int i = 0; i < 3000; ++i) large += "64\r\n" + std::string(100, 'y') + "\r\n";
  ASSERT_TRUE(client.send(head + large + "0\r\n\r\n"));
  EXPECT_EQ(client.read().body, std::string(300'000, 'y'));
}

TEST(HttpRequest, MayComeInAnyNumberOfPieces) {
  Server server;
  Client client(server.port());
  for (const char c : Client::post_text("{\"slow\":true}")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.read().body, "{\"slow\":true}");
  const std::string large(900'000, 'z');
  ASSERT_TRUE(client.post(large));
  EXPECT_EQ(client.read().body, large);
  ASSERT_TRUE(client.post("small again"));
  EXPECT_EQ(client.read().body, "small again");
}

TEST(HttpRequest, WaitsForTheWordWhenItSaidExpect) {
  Server server;
  Client client(server.port());
  const std::string text = Client::post_text("{\"a\":1}", "Expect: 100-continue\r\n");
  ASSERT_TRUE(client.send(text.substr(0, text.size() - 7)));
  EXPECT_EQ(client.read().status, 100);
  ASSERT_TRUE(client.send("{\"a\":1}"));
  EXPECT_EQ(client.read().body, "{\"a\":1}");
  ASSERT_TRUE(client.send(text));  // did not wait
  EXPECT_EQ(client.read().status, 200);
  ASSERT_TRUE(client.post("x", "Expect: coffee\r\n"));
  EXPECT_EQ(client.read().status, 417);
}

TEST(HttpRequest, KeepsOrClosesTheConnectionAsAsked) {
  Server server;
  const struct {
    const char* version;
    const char* headers;
    bool stays;
  } cases[] = {
      {"HTTP/1.1", "Host: localhost\r\n", true},
      {"HTTP/1.1", "Host: localhost\r\nConnection: close\r\n", false},
      {"HTTP/1.1", "Host: localhost\r\nConnection: Keep-Alive, Close\r\n", false},
      {"HTTP/1.0", "", false},
      {"HTTP/1.0", "Connection: keep-alive\r\n", true},
  };
  for (const auto& c : cases) {
    Client client(server.port());
    const std::string request = std::string("POST /mcp ") + c.version + "\r\n" + c.headers +
                                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    ASSERT_TRUE(client.send(request));
    const Response r = client.read();
    EXPECT_EQ(r.body, "{}");
    if (c.stays) {
      EXPECT_NE(r.header("connection"), "close");
      ASSERT_TRUE(client.send(request));
      EXPECT_EQ(client.read().body, "{}") << c.version << c.headers;
    } else {
      EXPECT_EQ(r.header("connection"), "close");
      EXPECT_TRUE(client.ended()) << c.version << c.headers;
    }
  }
}

TEST(HttpRequest, PipelinedOnesAreAnsweredInOrder) {
  Server server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += Client::post_text((i % 5 == 0 ? "later n" : "n") + std::to_string(i));
    if (i % 7 == 0) all += "\r\n";  // a stray line break
    if (i % 11 == 0) all += std::string("PUT /mcp") + kHead + "\r\n";
  }
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(client.read().body, "n" + std::to_string(i));
    if (i % 11 == 0) {
      EXPECT_EQ(client.read().status, 405);
    }
  }
}

TEST(HttpRequest, PipelinedChunkedOnesSurviveASlowAnswerBeforeThem) {
  Server server;
  Client client(server.port());
  ASSERT_TRUE(client.post("held"));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  const std::string chunked = std::string("POST /mcp") + kHead +
                              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                              "\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
  ASSERT_TRUE(client.send(chunked + chunked + chunked.substr(0, chunked.size() - 12)));
  server.host.open_gate();
  EXPECT_EQ(client.read().body, "held");
  EXPECT_EQ(client.read().body, "onetwo");
  EXPECT_EQ(client.read().body, "onetwo");
  ASSERT_TRUE(client.send(chunked.substr(chunked.size() - 12)));
  EXPECT_EQ(client.read().body, "onetwo");
}

TEST(HttpRequest, AnEndpointAtAnotherPathIsServedThereOnly) {
  gov::testing::Config config;
  config.set("path", "/governance/mcp/");
  Server server(std::move(config));
  EXPECT_TRUE(server.endpoint().ends_with("/governance/mcp")) << server.endpoint();
  Client client(server.port());
  ASSERT_TRUE(client.post("x", "", "/governance/mcp"));
  EXPECT_EQ(client.read().status, 200);
  ASSERT_TRUE(client.post("x", "", "/governance/mcp/"));
  EXPECT_EQ(client.read().status, 200);
  ASSERT_TRUE(client.post("x", "", "http://localhost/governance/mcp?q"));
  EXPECT_EQ(client.read().status, 200);
  ASSERT_TRUE(client.post("x", "", "/mcp"));
  EXPECT_EQ(client.read().status, 404);
}

}  // namespace
