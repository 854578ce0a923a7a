// Start, drain, end.
#include "server.h"

namespace {

using gov::testing::Loaded;
using transport_tests::Client;
using transport_tests::FakeHost;
using transport_tests::Response;
using transport_tests::Server;

TEST(HttpLifetime, SaysWhereItListens) {
  Server server;
  EXPECT_EQ(server.endpoint(), "http://127.0.0.1:" + std::to_string(server.port()) + "/mcp");
  EXPECT_NE(server.port(), 0);
}

// What run() says about a `listen` that cannot work.
std::string listen_error(const std::string& listen) {
  gov::testing::Host host;
  gov::testing::Config config;
  config.set("listen", listen);
  FakeHost fake;
  const gov::testing::Call call;
  Loaded plugin = Loaded::open(TRANSPORT_SO, "http", host, config);
  const gov_status status = plugin.transport().run(
      plugin.instance(), call.raw(), fake.raw(), nullptr,
      [](void*, gov_str) { ADD_FAILURE() << "it listens"; }, plugin.error());
  EXPECT_EQ(status, GOV_UNAVAILABLE);
  return plugin.error()->message;
}

TEST(HttpLifetime, NamesTheAddressAndAWayOutWhenItCannotListen) {
  Server first;
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  EXPECT_EQ(listen_error(address),
            "cannot listen on " + address +
                ": address already in use; stop the other process or choose another port with "
                "listen");
  EXPECT_EQ(listen_error("192.0.2.1:8080"),
            "cannot listen on 192.0.2.1:8080: cannot assign requested address; this machine has no "
            "such address; choose one of its own with listen");
}

TEST(HttpLifetime, ListensOnIpv6) {
  gov::testing::Host host;
  gov::testing::Config config;
  config.set("listen", "[::1]:0");
  FakeHost fake;
  gov::testing::Call call;
  Loaded plugin = Loaded::open(TRANSPORT_SO, "http", host, config);
  std::string endpoint;
  call.cancel();
  const gov_status status = plugin.transport().run(
      plugin.instance(), call.raw(), fake.raw(), &endpoint,
      [](void* ctx, gov_str text) { *static_cast<std::string*>(ctx) = gov::to_cpp(text); },
      plugin.error());
  if (status == GOV_UNAVAILABLE) GTEST_SKIP() << plugin.error()->message;
  EXPECT_EQ(status, GOV_OK);
  EXPECT_TRUE(endpoint.starts_with("http://[::1]:")) << endpoint;
}

TEST(HttpLifetime, RefusesOptionsThatCannotWork) {
  const auto error_of = [](const std::string& name, const std::string& json) -> std::string {
    gov::testing::Host host;
    gov::testing::Config config;
    if (json.starts_with('"')) {
      config.set(name, std::string_view(json).substr(1, json.size() - 2));
    } else if (json.starts_with('[')) {
      config.set_json(name, json);
    } else {
      config.set(name, std::int64_t{std::stoll(json)});
    }
    try {
      Loaded::open(TRANSPORT_SO, "http", host, config);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "";
  };
  for (const char* listen : {"\"8080\"", "\"example.com:80\"", "\"127.0.0.1:x\"", "\"::1:80\"",
                             "\"127.0.0.1:70000\"", "\"[127.0.0.1]:80\"", "\"127.0.0.1:\""})
    EXPECT_NE(error_of("listen", listen).find("ADDRESS:PORT"), std::string::npos) << listen;
  EXPECT_NE(error_of("path", "\"mcp\"").find("path"), std::string::npos);
  EXPECT_NE(error_of("path", "\"/a?b\"").find("path"), std::string::npos);
  for (const char* name :
       {"max_body", "max_header", "max_headers", "max_connections", "max_buffered",
        "header_timeout", "body_timeout", "idle_timeout", "write_timeout", "keepalive_interval"})
    EXPECT_TRUE(error_of(name, "0").starts_with(std::string(name) + " = 0 is below")) << name;
  EXPECT_NE(error_of("allowed_hosts", "[\"a b\"]").find("allowed_hosts"), std::string::npos);
  EXPECT_NE(error_of("allowed_origins", "[\"://\"]").find("allowed_origins"), std::string::npos);
  EXPECT_EQ(error_of("listen", "\"localhost:0\""), "");
}

TEST(HttpLifetime, ClosesEverythingWhenCancelled) {
  Server server;
  Client idle(server.port()), waiting(server.port()), streaming(server.port());
  ASSERT_TRUE(idle.post("x"));
  EXPECT_EQ(idle.read().status, 200);
  ASSERT_TRUE(waiting.post("never"));
  ASSERT_TRUE(streaming.post("open"));
  EXPECT_EQ(streaming.read_head().status, 200);
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 2; }));
  server.cancel();
  EXPECT_EQ(server.result(), GOV_OK);
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(waiting.ended());
  EXPECT_EQ(server.host.cancelled(), 2);
  EXPECT_EQ(server.host.open(), 0);
  EXPECT_EQ(server.host.closed().size(), 3u);
  EXPECT_FALSE(Client(server.port()).connected());
}

TEST(HttpLifetime, FinishesWhatIsInFlightWhenDrained) {
  Server server;
  Client idle(server.port()), busy(server.port()), half(server.port());
  ASSERT_TRUE(idle.post("x"));
  EXPECT_EQ(idle.read().status, 200);
  ASSERT_TRUE(busy.post("held"));
  const std::string text = Client::post_text("half way");
  ASSERT_TRUE(half.send(text.substr(0, text.size() - 4)));
  EXPECT_TRUE(server.host.eventually([&] { return server.host.open() == 1; }));
  server.drain();
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(busy.silent(50));
  server.host.open_gate();
  const Response r = busy.read();
  EXPECT_EQ(r.body, "held");
  EXPECT_EQ(r.header("connection"), "close");
  EXPECT_TRUE(busy.ended());
  ASSERT_TRUE(half.send(text.substr(text.size() - 4)));
  const Response late = half.read();
  EXPECT_EQ(late.body, "half way");
  EXPECT_TRUE(half.ended());
  EXPECT_EQ(server.result(), GOV_OK);  // without being cancelled
  EXPECT_FALSE(Client(server.port()).connected());
}

TEST(HttpLifetime, EveryConnectionIsReportedClosedOnce) {
  Server server;
  for (int i = 0; i < 50; ++i) {
    Client client(server.port());
    ASSERT_TRUE(client.post("x"));
    EXPECT_EQ(client.read().status, 200);
  }
  EXPECT_TRUE(server.host.eventually([&] { return server.host.closed().size() == 50; }));
  std::set<std::uint64_t> ids;
  for (const std::uint64_t id : server.host.closed()) ids.insert(id);
  EXPECT_EQ(ids.size(), 50u);
  EXPECT_FALSE(ids.contains(0));
}

}  // namespace
