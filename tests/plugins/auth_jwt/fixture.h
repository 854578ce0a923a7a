// The built plugin with an issuer that the test made.
#pragma once

#include <gov/testing.hpp>
#include <gov/testing_http.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/files.h"
#include "support/issuer.h"

namespace govhost::test {

using nlohmann::json;

inline const std::string kIssuer = "https://as.example/tenant";
inline const std::string kJwks = "https://as.example/keys";
inline const std::string kMetadata = kIssuer + "/.well-known/openid-configuration";

inline std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

inline json good_claims() {
  return {{"iss", kIssuer},       {"aud", "https://mcp.example/mcp"},
          {"sub", "alice"},       {"exp", unix_now() + 600},
          {"iat", unix_now()},    {"jti", "t-1"},
          {"client_id", "agent"}, {"scope", "governance.read other"}};
}

struct JwtAnswer {
  gov_status status = -1;
  int found = 0;
  std::string subject, issuer, method, credential, message;
  std::vector<std::string> scopes;
  std::int64_t expires_ms = 0;
};

class JwtFixture : public testing::Test {
 protected:
  JwtFixture() : http(host) {
    config.set("issuer", kIssuer);
    config.set_json("audience", R"(["https://mcp.example/mcp","urn:mcp"])");
    config.set_json("algorithms", R"(["RS256","PS256","ES256","ES384","ES512","EdDSA"])");
    http.answer(kMetadata, {200, {}, json{{"issuer", kIssuer}, {"jwks_uri", kJwks}}.dump()});
    serve({key});
  }
  void serve(const std::vector<SigningKey>& keys) {
    http.answer(kJwks, {200, {}, jwks_of(keys).dump()});
  }
  std::size_t fetches() const {
    std::size_t count = 0;
    for (const auto& request : http.requests()) count += request.url == kJwks ? 1 : 0;
    return count;
  }
  gov::testing::Loaded& plugin() {
    if (!loaded) {
      loaded = std::make_unique<gov::testing::Loaded>(
          gov::testing::Loaded::open(AUTH_JWT_SO, "jwt", host, config));
      const gov::testing::Call call;
      if (loaded->start(call) != GOV_OK) throw std::runtime_error(loaded->error()->message);
    }
    return *loaded;
  }
  JwtAnswer ask(const std::vector<std::string>& authorization, bool at_once = false) {
    std::vector<gov_pair> headers;
    for (const std::string& value : authorization)
      headers.push_back({gov::to_c("authorization"), gov::to_c(value)});
    gov_peer peer{};
    peer.struct_size = sizeof peer;
    peer.transport = gov::to_c("http");
    peer.headers = headers.data();
    peer.header_count = headers.size();
    JwtAnswer answer;
    gov_error error{sizeof error, 0, {}};
    gov::testing::Call call;
    if (at_once) call.set_at_once();
    answer.status = plugin().auth().authenticate(
        plugin().instance(), call.raw(), &peer, &answer,
        [](void* ctx, const gov_principal* p) {
          auto& a = *static_cast<JwtAnswer*>(ctx);
          ++a.found;
          a.subject = gov::to_cpp(p->subject);
          a.issuer = gov::to_cpp(p->issuer);
          a.method = gov::to_cpp(p->method);
          a.credential = gov::to_cpp(p->credential);
          for (std::uint64_t i = 0; i < p->scope_count; ++i)
            a.scopes.emplace_back(gov::to_cpp(p->scopes[i]));
          a.expires_ms = p->expires_ms;
        },
        &error);
    answer.message = error.message;
    return answer;
  }
  JwtAnswer ask(const std::string& token, bool at_once = false) {
    return ask(std::vector<std::string>{"Bearer " + token}, at_once);
  }

  static const SigningKey key;  // making one of RSA takes long

  gov::testing::Host host;
  gov::testing::FakeHttp http;
  gov::testing::Config config;
  TempDir folder;
  std::unique_ptr<gov::testing::Loaded> loaded;
};

}  // namespace govhost::test
