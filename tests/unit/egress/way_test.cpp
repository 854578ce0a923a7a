// What lies between the client and its upstream: TLS with a private CA, and the operator's proxy.
#include <cstdlib>
#include <memory>

#include "fixture.h"
#include "support/files.h"
#include "support/process.h"

namespace govhost::egress {
namespace {

using test::Process;
using test::run;
using test::TempDir;

// OpenSSL's own server, which answers any GET with a page about the connection.
class EgressTls : public EgressClient {
 protected:
  // With a certificate for this name or address ("DNS:localhost", "IP:127.0.0.1").
  void serve(const std::string& name, const std::vector<std::string>& more = {}) {
    const auto made =
        run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", file("key.pem"), "-out", file("cert.pem"), "-days", "2", "-subj",
             "/CN=test", "-addext", "subjectAltName=" + name});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    std::vector<std::string> command = {"openssl",        "s_server",    "-www",
                                        "-accept",        "127.0.0.1:0", "-cert",
                                        file("cert.pem"), "-key",        file("key.pem")};
    command.insert(command.end(), more.begin(), more.end());
    server = std::make_unique<Process>(command);
    for (;;) {
      const auto line = server->read_line();
      ASSERT_TRUE(line) << server->error_text();
      if (!line->starts_with("ACCEPT ")) continue;
      port = line->substr(line->rfind(':') + 1);
      break;
    }
    make({url()});
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  std::string url() const { return "https://127.0.0.1:" + port + "/"; }

  const TempDir folder;
  std::string port;
  std::unique_ptr<Process> server;
};

TEST_F(EgressTls, ACertificateThatNobodyVouchesForIsRefusedAndTheFixIsNamed) {
  serve("IP:127.0.0.1");
  const Answer got = get(url(), {}, "CANARY-1");
  EXPECT_EQ(got.status.code(), GOV_UNAVAILABLE);
  EXPECT_NE(got.status.message().find("TLS: "), std::string::npos) << got.status.message();
  EXPECT_NE(got.status.message().find("egress.ca_file"), std::string::npos);
}

TEST_F(EgressTls, APrivateCaIsTrustedWhenItIsNamed) {
  settings.ca_file = file("cert.pem");
  serve("IP:127.0.0.1");
  const Answer got = get(url(), {}, "CANARY-1");
  ASSERT_TRUE(got.status.ok()) << got.status.message();
  EXPECT_EQ(got.code, 200u);
  EXPECT_NE(got.body.find("TLSv1.3"), std::string::npos) << got.body;
}

TEST_F(EgressTls, TheNameOfTheCertificateMustBeThatOfTheUrl) {
  settings.ca_file = file("cert.pem");
  serve("DNS:other.example");
  const Answer got = get(url());
  EXPECT_EQ(got.status.code(), GOV_UNAVAILABLE);
  EXPECT_NE(got.status.message().find("TLS: "), std::string::npos) << got.status.message();
}

TEST_F(EgressTls, BelowTls12NothingIsSpoken) {
  settings.ca_file = file("cert.pem");
  serve("IP:127.0.0.1", {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
  EXPECT_EQ(get(url()).status.code(), GOV_UNAVAILABLE);
}

TEST_F(EgressTls, ACaFileThatCannotBeReadIsNamed) {
  settings.ca_file = file("missing.pem");
  serve("IP:127.0.0.1");
  const Answer got = get(url());
  EXPECT_EQ(got.status.code(), GOV_UNAVAILABLE);
  EXPECT_NE(got.status.message().find("egress.ca_file"), std::string::npos) << got.status.message();
}

// The stub plays the proxy: what it is asked names the upstream, which need not exist.
TEST_F(EgressClient, TheProxyIsAskedForNamesThatOnlyItKnows) {
  settings.proxy = upstream.url();
  make({"http://policies.bank.example/"});
  const Answer got = get("http://policies.bank.example/risks?x=1");
  ASSERT_TRUE(got.status.ok()) << got.status.message();
  ASSERT_EQ(upstream.count(), 1u);
  EXPECT_EQ(upstream.requests()[0].target, "http://policies.bank.example/risks?x=1");
  EXPECT_EQ(upstream.requests()[0].header("host"), "policies.bank.example");
}

TEST_F(EgressClient, ThroughAProxyHttpsIsATunnelAndTheTokenIsInIt) {
  settings.proxy = upstream.url();
  upstream.handle_with([](const auto&) { return Upstream::Answer{403, "no"}; });
  make({"https://policies.bank.example/"});
  EXPECT_EQ(get("https://policies.bank.example/", {}, "CANARY-1").status.code(), GOV_UNAVAILABLE);
  ASSERT_EQ(upstream.count(), 1u);
  EXPECT_EQ(upstream.requests()[0].method, "CONNECT");
  EXPECT_EQ(upstream.requests()[0].target, "policies.bank.example:443");
  EXPECT_EQ(upstream.requests()[0].header("authorization"), "");
}

TEST_F(EgressClient, NamesOfNoProxyAreAskedDirectly) {
  Upstream proxy([](const auto&) { return Upstream::Answer{200, "of the proxy"}; });
  settings.proxy = proxy.url();
  settings.no_proxy = "127.0.0.1";
  make({upstream.url()});
  EXPECT_EQ(get(upstream.url()).body, "hello");
  EXPECT_EQ(proxy.count(), 0u);
}

TEST_F(EgressClient, TheProxiesOfTheEnvironmentAreNotUsed) {
  Upstream proxy([](const auto&) { return Upstream::Answer{200, "of the proxy"}; });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("all_proxy", proxy.url().c_str(), 1);
  make({upstream.url()});
  EXPECT_EQ(get(upstream.url()).body, "hello");
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(proxy.count(), 0u);
}

}  // namespace
}  // namespace govhost::egress
