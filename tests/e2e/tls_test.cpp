// TLS of the HTTP transport, by the real host and a client of OpenSSL's.
#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/client.h"
#include "support/files.h"
#include "support/tls.h"

namespace govhost::test {
namespace {

const std::string kJson = "Content-Type: application/json\r\nAccept: application/json\r\n";
const std::string kPing = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";

class TlsServer : public testing::Test {
 protected:
  void start(const std::string& more = {}, const std::string& rest = {}) {
    write("server.crt", server.cert + ca.cert);
    write("server.key", server.key);
    write("ca.crt", ca.cert);
    const std::string file = folder.write("govhost.toml", R"([[transport]]
plugin = "http"
[transport.options]
listen = "127.0.0.1:0"
[transport.options.tls]
cert = "server.crt"
key = "file:)" + (folder.path() / "server.key").string() + "\"\n" +
                                                              more + R"(
[[source]]
plugin = "starter"
[search]
plugin = "memory"
)" + rest);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", file, "--ops", "127.0.0.1:0"});
    const auto line = process->wait_error_line("\"transport.listening\"");
    if (!process->wait_error_line("\"serve.ready\"") || !line)
      throw std::runtime_error(process->error_text());
    const std::string endpoint = Json::parse(*line)["endpoint"];
    EXPECT_TRUE(endpoint.starts_with("https://127.0.0.1:")) << endpoint;
    port = port_of("http" + endpoint.substr(5));
  }
  // Renamed into its place, as tools that renew certificates do.
  void write(const std::string& name, const std::string& text) {
    folder.write(name + ".new", text);
    std::filesystem::rename(folder.path() / (name + ".new"), folder.path() / name);
  }
  std::string ask(TlsClient& client, const std::string& headers = {}) {
    return client.request("POST", "/mcp", kJson + headers, kPing);
  }
  TlsClient::Options trusting() const { return {.ca = ca.cert}; }

  const Certificate ca = make_certificate("Test CA");
  Certificate server = make_certificate("first", &ca);
  TempDir folder;
  std::unique_ptr<Process> process;
  std::uint16_t port = 0;
};

TEST_F(TlsServer, ServesManyRequestsOfOneConnection) {
  start();
  TlsClient client(port, {.ca = ca.cert, .alpn = "http/1.1"});
  ASSERT_TRUE(client.connected()) << client.error();
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.protocol(), "http/1.1");
  for (int i = 0; i < 20; ++i) {
    const std::string answer = ask(client);
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer << client.error();
    EXPECT_NE(answer.find("search_risks"), std::string::npos) << "an answer of many records";
  }
}

TEST_F(TlsServer, OldVersionsAndOtherProtocolsAreRefused) {
  start();
  for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION}) {
    TlsClient old(port, {.max_version = version});
    EXPECT_FALSE(old.connected()) << version;
  }
  TlsClient h2(port, {.alpn = "h2"});
  EXPECT_FALSE(h2.connected());
  EXPECT_NE(h2.error().find("no application protocol"), std::string::npos) << h2.error();
  TlsClient good(port, trusting());
  EXPECT_TRUE(good.connected());
}

TEST_F(TlsServer, Version12IsSpokenWhereItIsAllowed) {
  start("min_version = \"1.2\"\n");
  TlsClient old(port, {.ca = ca.cert, .max_version = TLS1_2_VERSION});
  ASSERT_TRUE(old.connected()) << old.error();
  EXPECT_TRUE(ask(old).starts_with("HTTP/1.1 200"));
  EXPECT_FALSE(TlsClient(port, {.max_version = TLS1_1_VERSION}).connected());
}

TEST_F(TlsServer, ACertificateIsExchangedWithoutDroppingAnybody) {
  start();
  TlsClient before(port, trusting());
  ASSERT_TRUE(before.connected());
  EXPECT_EQ(before.server_name(), "first");
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0}, answered{0};
  std::thread load([&] {
    while (!stop) {
      TlsClient client(port, trusting());
      const bool good = client.connected() && ask(client).starts_with("HTTP/1.1 200");
      ++(good ? answered : failed);
    }
  });
  server = make_certificate("second", &ca);
  write("server.crt", server.cert + ca.cert);  // the key does not fit for a moment
  EXPECT_TRUE(process->wait_error_line("the one before stays in force"));
  write("server.key", server.key);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::string name;
  while (name != "second" && std::chrono::steady_clock::now() < until) {
    TlsClient client(port, trusting());
    name = client.connected() ? client.server_name() : client.error();
  }
  stop = true;
  load.join();
  EXPECT_EQ(name, "second");
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 0);
  EXPECT_TRUE(ask(before).starts_with("HTTP/1.1 200")) << "open connections go on";
}

TEST_F(TlsServer, PlainHttpIsToldSo) {
  start();
  HttpConnection plain(port);
  const HttpAnswer answer = plain.request("GET", "/mcp", {}, "");
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("https://"), std::string::npos);
}

TEST_F(TlsServer, ClientsMustShowACertificateWhereItIsRequired) {
  start("client_ca = \"ca.crt\"\n");
  const auto tried = [&](const Certificate* client) {
    TlsClient connection(port, {.ca = ca.cert, .client = client});
    const std::string answer = connection.connected() ? ask(connection) : "";
    return answer.empty() ? connection.error() : answer.substr(0, 12);
  };
  const Certificate good = make_certificate("agent", &ca),
                    expired = make_certificate("old", &ca, "DNS:x", -60),
                    foreign = make_certificate("mallory");
  EXPECT_EQ(tried(&good), "HTTP/1.1 200");
  EXPECT_NE(tried(nullptr).find("certificate required"), std::string::npos) << tried(nullptr);
  EXPECT_NE(tried(&expired).find("certificate expired"), std::string::npos) << tried(&expired);
  EXPECT_NE(tried(&foreign).find("unknown ca"), std::string::npos) << tried(&foreign);
}

TEST_F(TlsServer, ACertificateIsACredential) {
  start("client_ca = \"ca.crt\"\nclient_auth = \"request\"\n", R"(
[policy]
required_scopes = ["governance.read"]
[[auth]]
plugin = "peer"
[[auth.options.clients]]
certificate = "URI:spiffe://bank.example/agents/*"
scopes = ["governance.read"]
[[auth.options.clients]]
certificate = "CN=other,O=Bank"
)");
  const auto status = [&](const Certificate* client) {
    TlsClient connection(port, {.ca = ca.cert, .client = client});
    return ask(connection).substr(9, 3);
  };
  const Certificate agent = make_certificate("a", &ca, "URI:spiffe://bank.example/agents/7"),
                    other = make_certificate("other", &ca, "DNS:x"),
                    nobody = make_certificate("nobody", &ca, "DNS:x");
  EXPECT_EQ(status(&agent), "200");
  const auto line = process->wait_error_line("\"request.done\"");
  ASSERT_TRUE(line);
  EXPECT_EQ(Json::parse(*line)["principal"], "URI:spiffe://bank.example/agents/7");
  EXPECT_EQ(status(&other), "403");
  EXPECT_EQ(status(&nobody), "401");
  EXPECT_EQ(status(nullptr), "401");
}

// The handshake has a limit of its own, and those who wait in it harm nobody.
TEST_F(TlsServer, WhoDoesNotShakeHandsIsLetGo) {
  start("handshake_timeout = \"300ms\"\n");
  std::vector<std::unique_ptr<HttpConnection>> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(std::make_unique<HttpConnection>(port));
  TlsClient good(port, trusting());
  ASSERT_TRUE(good.connected());
  EXPECT_TRUE(ask(good).starts_with("HTTP/1.1 200"));
  for (auto& each : silent) EXPECT_TRUE(each->closed_by_peer());
}

TEST_F(TlsServer, WhatCannotBeUsedIsNamedBeforeTheStart) {
  const auto problem = [&](const std::string& tls) {
    const std::string file = folder.write("bad.toml",
                                          "[[transport]]\nplugin = \"http\"\n"
                                          "[transport.options.tls]\n" +
                                              tls + "\n[[source]]\nplugin = \"starter\"\n");
    const Outcome outcome = run({binary(), "config", "check", "--config", file});
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  const std::string key = "key = \"file:" + (folder.path() / "server.key").string() + "\"\n";
  folder.write("server.key", make_certificate("other").key);
  folder.write("server.crt", server.cert);
  folder.write("junk.crt", "junk");
  EXPECT_NE(problem("cert = \"server.crt\"").find("belong together"), std::string::npos);
  EXPECT_NE(problem("cert = \"server.crt\"\n" + key).find("is not the key of the certificate"),
            std::string::npos);
  EXPECT_NE(problem("cert = \"missing.crt\"\n" + key).find("missing.crt"), std::string::npos);
  EXPECT_NE(problem("cert = \"junk.crt\"\n" + key).find("as a certificate in PEM"),
            std::string::npos);
  EXPECT_NE(problem("cert = \"server.crt\"\nkey = \"-----BEGIN\"").find("must name a secret"),
            std::string::npos);
}

}  // namespace
}  // namespace govhost::test
