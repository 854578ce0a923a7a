// The plugin auth-token with its options, and requests to show it.
#pragma once

#include <gov/testing.hpp>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4u];
    hex += "0123456789abcdef"[byte & 15u];
  }
  return hex;
}

// {"id": ..., "sha256": ..., <more>}
inline std::string entry(const std::string& id, std::string_view token,
                         const std::string& more = "") {
  return R"({"id": ")" + id + R"(", "sha256": ")" + sha256_hex(token) + "\"" +
         (more.empty() ? "" : ", " + more) + "}";
}

class TokenTest : public ::testing::Test {
 protected:
  struct Answer {
    gov_status status = GOV_OK;
    std::string message;
    int found = 0;
    std::string subject, issuer, method;
    std::vector<std::string> scopes;
    std::int64_t expires_ms = 0;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  static gov::testing::Loaded open(gov::testing::Host& host, gov::testing::Config& config) {
    return gov::testing::Loaded::open(AUTH_TOKEN_SO, "token", host, config);
  }
  gov::testing::Loaded& plugin() {
    if (!plugin_) {
      plugin_ = std::make_unique<gov::testing::Loaded>(open(host_, config_));
      const gov::testing::Call call;
      if (plugin_->start(call) != GOV_OK) throw std::runtime_error(plugin_->error()->message);
    }
    return *plugin_;
  }
  // What create() or start() says about the options set so far.
  std::string refusal() {
    try {
      auto one = open(host_, config_);
      const gov::testing::Call call;
      return one.start(call) == GOV_OK ? "accepted" : one.error()->message;
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }

  static Answer ask_of(const gov::testing::Loaded& plugin, const Headers& headers,
                       std::string_view transport = "http") {
    std::vector<gov_pair> pairs;
    for (const auto& [name, value] : headers) pairs.push_back({gov::to_c(name), gov::to_c(value)});
    const gov_peer peer{sizeof peer,
                        GOV_NO_UID,
                        gov::to_c(transport),
                        {"", 0},
                        {"", 0},
                        pairs.data(),
                        pairs.size(),
                        nullptr,
                        0,
                        0,
                        0};
    Answer answer;
    gov_error error{sizeof error, 0, {}};
    const gov::testing::Call call;
    answer.status = plugin.auth().authenticate(
        plugin.instance(), call.raw(), &peer, &answer,
        [](void* ctx, const gov_principal* p) {
          auto& a = *static_cast<Answer*>(ctx);
          ++a.found;
          a.subject = gov::to_cpp(p->subject);
          a.issuer = gov::to_cpp(p->issuer);
          a.method = gov::to_cpp(p->method);
          for (std::uint64_t i = 0; i < p->scope_count; ++i)
            a.scopes.emplace_back(gov::to_cpp(p->scopes[i]));
          a.expires_ms = p->expires_ms;
        },
        &error);
    answer.message = error.message;
    return answer;
  }
  Answer ask(const Headers& headers, std::string_view transport = "http") {
    return ask_of(plugin(), headers, transport);
  }
  Answer bearer(const std::string& token) { return ask({{"authorization", "Bearer " + token}}); }

  gov::testing::Host host_;
  gov::testing::Config config_;

 private:
  std::unique_ptr<gov::testing::Loaded> plugin_;
};
