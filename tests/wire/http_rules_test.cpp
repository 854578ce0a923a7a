// HTTP around the messages: methods, media types, hosts, origins, CORS. Sections 2.1, 2.2 and 2.6
// of the protocol's design.
#include <sstream>
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

const std::string kPing = message("ping").dump();

using Http = OnServer<Kind::kFixtures>;

auto typed(const char* type) {
  return [type](const HttpAnswer& a, const Json&) {
    return header(a, "content-type").starts_with(type);
  };
}

TEST_F(Http, MediaTypes) {
  const auto type = [](const char* name, const char* value, int status) {
    return Row{name, kPing, {{"Content-Type", value}}, status, 0, typed("application/json")};
  };
  const auto accept = [](const char* name, const char* value, int status, const char* answer) {
    return Row{name, kPing, {{"Accept", value}}, status, 0, typed(answer)};
  };
  const Row rows[] = {
      type("plain", "application/json", 200),
      type("with a charset", "application/json;charset=UTF-8", 200),
      type("with blanks", "Application/JSON ; charset=utf-8", 200),
      type("text", "text/plain", 415),
      type("form", "application/x-www-form-urlencoded", 415),
      type("prefix", "application/jsonx", 415),
      type("none", "", 415),
      accept("none", "", 200, "application/json"),
      accept("anything", "*/*", 200, "application/json"),
      accept("any application", "application/*", 200, "application/json"),
      accept("JSON", "application/json", 200, "application/json"),
      accept("both", "application/json, text/event-stream", 200, "application/json"),
      accept("both, other order", "text/event-stream, application/json", 200, "text/event-stream"),
      accept("streams", "text/event-stream", 200, "text/event-stream"),
      accept("of another case", "TEXT/Event-Stream;q=0.5", 200, "text/event-stream"),
      accept("neither", "text/html", 406, "application/json"),
      accept("refused by quality", "application/json;q=0, text/event-stream;q=0", 406,
             "application/json"),
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(Http, MethodsAndPaths) {
  const auto allows = [](const HttpAnswer& a, const Json&) {
    const std::string allowed = header(a, "allow");
    return allowed.find("GET") != std::string::npos && allowed.find("POST") != std::string::npos &&
           allowed.find("DELETE") != std::string::npos;
  };
  for (const char* method : {"PUT", "PATCH", "HEAD", "TRACE"})
    check(*server, {method, "", {}, 405, 0, allows, method});
  HttpConnection http(server->port());
  EXPECT_EQ(http.request("POST", "/mcp/", usual(), kPing).status, 200);
  EXPECT_EQ(http.request("POST", "/other", usual(), kPing).status, 404);
  EXPECT_EQ(http.request("POST", "/mcp?x=1", usual(), kPing).status, 200);
  EXPECT_EQ(http.request("GET", "/.well-known/oauth-protected-resource", {}, "").status, 404);
}

TEST_F(Http, HostsAndOrigins) {
  const std::string own = "http://127.0.0.1:" + std::to_string(server->port());
  const std::string discover = modern("server/discover").dump();
  const auto row = [](const char* name, HeaderList headers, int status) {
    return Row{name, kPing, std::move(headers), status};
  };
  const Row rows[] = {
      row("own origin", {{"Origin", own}}, 200),
      row("localhost, any port", {{"Origin", "http://localhost:6274"}}, 200),
      row("IPv6 loopback", {{"Origin", "http://[::1]:1"}}, 200),
      row("evil origin", {{"Origin", "http://evil.example.com"}}, 403),
      row("origin that begins well", {{"Origin", "http://localhost.evil.example.com"}}, 403),
      row("null origin", {{"Origin", "null"}}, 403),
      row("two origins", {{"Origin", own}, {"Origin", own}}, 400),
      row("evil host", {{"Host", "evil.example.com"}}, 403),
      row("evil host and origin",
          {{"Host", "evil.example.com"}, {"Origin", "http://evil.example.com"}}, 403),
      row("host localhost", {{"Host", "localhost:1"}}, 200),
      row("host with user", {{"Host", "localhost@evil.example.com"}}, 403),
      Row{"modern, evil origin", discover,
          modern_headers(modern("server/discover"), {{"Origin", "http://evil.example.com"}}), 403},
      Row{"before the body is read", "{", {{"Origin", "http://evil.example.com"}}, 403},
  };
  for (const Row& r : rows) check(*server, r);
}

TEST_F(Http, PagesSeeWhatTheyNeed) {
  const HeaderList from{{"Origin", "http://localhost:6274"}};
  const Session session(*server);
  const struct {
    const char* name;
    HttpAnswer answer;
    int status;
  } cases[] = {
      {"result", server->post(kPing, from), 200},
      {"initialize", server->post(initialize().dump(), from), 200},
      {"unknown session", server->post(kPing, {from[0], {"Mcp-Session-Id", "x"}}), 404},
      {"no JSON", server->post("{", from), 400},
      {"media type", server->post(kPing, {from[0], {"Content-Type", "text/plain"}}), 415},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.answer.status, c.status);
    EXPECT_EQ(header(c.answer, "access-control-allow-origin"), from[0].second);
    EXPECT_NE(header(c.answer, "vary").find("Origin"), std::string::npos);
    for (const char* shown : {"Mcp-Session-Id", "WWW-Authenticate"})
      EXPECT_NE(header(c.answer, "access-control-expose-headers").find(shown), std::string::npos);
  }
  const HttpAnswer preflight = server->send(
      "OPTIONS",
      {from[0],
       {"Access-Control-Request-Method", "POST"},
       {"Access-Control-Request-Headers", "content-type,mcp-session-id,mcp-param-region"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(header(preflight, "access-control-allow-origin"), from[0].second);
  EXPECT_NE(header(preflight, "access-control-allow-headers").find("mcp-param-region"),
            std::string::npos);
  EXPECT_NE(header(preflight, "access-control-allow-methods").find("DELETE"), std::string::npos);
  EXPECT_EQ(server->send("OPTIONS", {{"Origin", "http://evil.example.com"}}).status, 403);
}

TEST_F(Http, WaysToSendABody) {
  HttpConnection http(server->port());
  const auto ping = [&] { return http.request("POST", "/mcp", usual(), kPing).status; };
  const std::string half = kPing.substr(0, 10), rest = kPing.substr(10);
  http.send(
      "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\na\r\n" +
      half + "\r\n");
  std::ostringstream size;
  size << std::hex << rest.size();
  http.send(size.str() + "\r\n" + rest + "\r\n0\r\n\r\n");
  EXPECT_EQ(http.receive().status, 200);
  EXPECT_EQ(ping(), 200);
  http.send(
      "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: " +
      std::to_string(kPing.size()) + "\r\n\r\n");
  EXPECT_EQ(http.receive(kPatience, true).status, 100);
  http.send(kPing);
  EXPECT_EQ(http.receive().status, 200);
  // Two at once: the answers come in order.
  for (int i = 1; i <= 2; ++i)
    http.begin("POST", "/mcp", usual(), message("ping", Json::object(), i).dump());
  EXPECT_EQ(Json::parse(http.receive().body)["id"], 1);
  EXPECT_EQ(Json::parse(http.receive().body)["id"], 2);
  HttpConnection old(server->port());
  old.send("POST /mcp HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(kPing.size()) + "\r\n\r\n" + kPing);
  EXPECT_EQ(old.receive().status, 200);
  EXPECT_TRUE(old.closed_by_peer());
}

TEST_F(Http, StreamsAreReadyForProxies) {
  const Json request = modern(
      "tools/call", {{"name", "test_tool_with_progress"}, {"_meta", {{"progressToken", "t"}}}});
  EventStreamReader stream = server->stream("POST", modern_headers(request), request.dump());
  ASSERT_TRUE(stream.is_stream());
  EXPECT_NE(header(stream.head(), "cache-control").find("no-cache"), std::string::npos);
  EXPECT_EQ(header(stream.head(), "x-accel-buffering"), "no");
  EXPECT_FALSE(has(stream.head(), "content-encoding"));
  int events = 0;
  while (const auto event = stream.next()) {
    ++events;
    EXPECT_EQ(event->data_lines, 1);
    EXPECT_FALSE(event->json().is_discarded()) << event->data;
    EXPECT_EQ(event->id, "") << "the modern era has no event ids";
  }
  EXPECT_EQ(events, 4);
}

}  // namespace
}  // namespace govhost::test::wire
