#include "plugins/transport-http/origin.h"

#include <gtest/gtest.h>

namespace {

using transport_http::OriginRules;

OriginRules rules(bool loopback, std::vector<std::string> hosts = {},
                  std::vector<std::string> origins = {}) {
  auto made = OriginRules::create(loopback, hosts, origins);
  if (!made) throw std::runtime_error(made.status().message());
  return std::move(*made);
}

TEST(OriginRules, OnLoopbackOnlyTheOwnNamesAreGoodByDefault) {
  const OriginRules r = rules(true);
  for (const char* good :
       {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1", "[::1]", "[::1]:8080"})
    EXPECT_TRUE(r.host_allowed(good)) << good;
  for (const char* bad : {"evil.example.com", "localhost.evil.com", "127.0.0.1.evil.com", "",
                          "localhost:", "localhost:x", "localhost:123456", "[::1", "[::1]x",
                          "evil@localhost", "localhost/evil", "*", "localhost:*", "::1"})
    EXPECT_FALSE(r.host_allowed(bad)) << bad;
  for (const char* good : {"http://localhost", "http://localhost:6274", "https://127.0.0.1:1",
                           "HTTP://LocalHost", "http://[::1]:80"})
    EXPECT_TRUE(r.origin_allowed(good)) << good;
  for (const char* bad :
       {"https://evil.example.com", "null", "", "localhost", "http://", "http://localhost.evil.com",
        "http://localhost@evil.com", "http://localhost/", "http://*"})
    EXPECT_FALSE(r.origin_allowed(bad)) << bad;
}

TEST(OriginRules, ElsewhereAnyHostAndNoOriginIsGoodByDefault) {
  const OriginRules r = rules(false);
  EXPECT_TRUE(r.host_allowed("mcp.example.com"));
  EXPECT_FALSE(r.origin_allowed("http://mcp.example.com"));
  EXPECT_FALSE(r.origin_allowed("http://localhost"));
}

TEST(OriginRules, ConfiguredListsReplaceTheDefaults) {
  const OriginRules r = rules(true, {"mcp.example.com", "other.example.com:8443"},
                              {"https://app.example.com", "http://dev.example.com:*", "plain",
                               "https://port.example.com:8443"});
  EXPECT_TRUE(r.host_allowed("mcp.example.com:1234"));
  EXPECT_TRUE(r.host_allowed("other.example.com:8443"));
  EXPECT_FALSE(r.host_allowed("other.example.com"));
  EXPECT_FALSE(r.host_allowed("localhost"));
  EXPECT_TRUE(r.origin_allowed("https://app.example.com"));
  EXPECT_TRUE(r.origin_allowed("https://app.example.com:443"));
  EXPECT_FALSE(r.origin_allowed("https://app.example.com:8443"));
  EXPECT_FALSE(r.origin_allowed("http://app.example.com"));
  EXPECT_TRUE(r.origin_allowed("http://dev.example.com:5173"));
  EXPECT_TRUE(r.origin_allowed("https://plain:99"));
  EXPECT_TRUE(r.origin_allowed("https://port.example.com:8443"));
  EXPECT_FALSE(r.origin_allowed("https://port.example.com"));
  EXPECT_FALSE(r.origin_allowed("null"));
}

TEST(OriginRules, AStarAndNullCanBeConfigured) {
  const OriginRules r = rules(true, {"*"}, {"*", "null"});
  EXPECT_TRUE(r.host_allowed("anything.example.com:77"));
  EXPECT_TRUE(r.origin_allowed("https://anything.example.com"));
  EXPECT_TRUE(r.origin_allowed("null"));
}

TEST(OriginRules, SaysWhatIsWrongWithAnEntry) {
  for (const char* bad : {"", "https://x", "a b", "x:y"}) {
    const auto made = OriginRules::create(true, {bad}, {});
    ASSERT_FALSE(made.ok()) << bad;
    EXPECT_NE(made.status().message().find("allowed_hosts"), std::string::npos);
  }
  for (const char* bad : {"", "://x", "https://x/path", "https://"}) {
    const auto made = OriginRules::create(true, {}, {bad});
    ASSERT_FALSE(made.ok()) << bad;
    EXPECT_NE(made.status().message().find("allowed_origins"), std::string::npos);
  }
}

}  // namespace
