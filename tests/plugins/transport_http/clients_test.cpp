#include "plugins/transport-http/clients.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace transport_http {
namespace {

Proxies proxies() { return *Proxies::create({"10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"}); }

std::string of_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::vector<gov_pair> pairs;
  for (const auto& [name, value] : headers) pairs.push_back({gov::to_c(name), gov::to_c(value)});
  return proxies().client_of(pairs);
}
std::string client_of(const std::string& value) { return of_headers({{"x-forwarded-for", value}}); }

TEST(Proxies, AreTheNetworksThatWereNamed) {
  for (const char* yes :
       {"10.1.2.3:80", "192.0.2.7:1", "[2001:db8:1::5]:443", "[::ffff:10.0.0.1]:1"})
    EXPECT_TRUE(proxies().trusts(yes)) << yes;
  for (const char* no : {"11.0.0.1:80", "192.0.2.8:1", "[2001:db8:2::5]:443", "", "x"})
    EXPECT_FALSE(proxies().trusts(no)) << no;
  EXPECT_NE(Proxies::create({"10.0.0.0/40"}).status().message().find("\"10.0.0.0/40\""),
            std::string::npos);
}

TEST(Proxies, TheClientIsTheLastAddressThatIsNoProxy) {
  EXPECT_EQ(client_of("203.0.113.9"), "203.0.113.9:0");
  EXPECT_EQ(client_of("203.0.113.9:4711"), "203.0.113.9:0");
  EXPECT_EQ(client_of("203.0.113.9, 10.1.1.1, 10.2.2.2"), "203.0.113.9:0");
  EXPECT_EQ(client_of("2001:db8:9::1"), "[2001:db8:9::1]:0");
  EXPECT_EQ(client_of("[2001:db8:9::1]:443,10.1.1.1"), "[2001:db8:9::1]:0");
  EXPECT_EQ(
      of_headers(
          {{"x-forwarded-for", "203.0.113.9"}, {"accept", "*/*"}, {"x-forwarded-for", "10.1.1.1"}}),
      "203.0.113.9:0");
  EXPECT_EQ(client_of("10.3.3.3 ,10.1.1.1"), "10.3.3.3:0") << "all are proxies: the first";
}

// Whoever asks may have written what stands before the address that the proxy added.
TEST(Proxies, WhatTheClientWroteItselfIsNotBelieved) {
  EXPECT_EQ(client_of("198.51.100.1, 203.0.113.9"), "203.0.113.9:0");
  EXPECT_EQ(client_of("10.9.9.9, 203.0.113.9, 10.1.1.1"), "203.0.113.9:0");
  EXPECT_EQ(of_headers({{"x-forwarded-for", "198.51.100.1"}, {"x-forwarded-for", "203.0.113.9"}}),
            "203.0.113.9:0");
}

TEST(Proxies, WhatCannotBeReadEndsTheWay) {
  EXPECT_EQ(client_of("203.0.113.9, unknown, 10.1.1.1"), "10.1.1.1:0");
  EXPECT_EQ(client_of("unknown"), "");
  EXPECT_EQ(client_of(""), "");
  EXPECT_EQ(client_of(",,"), "");
  EXPECT_EQ(of_headers({}), "");
  EXPECT_EQ(client_of("[2001:db8::1"), "[2001:db8::1]:0") << "an address all the same";
  EXPECT_EQ(client_of(std::string(10'000, '[')), "");
}

TEST(ClientCounts, AreBoundedByAddress) {
  ClientCounts counts;
  const std::string one = counts.enter("192.0.2.1:1", 2);
  EXPECT_NE(one, "");
  EXPECT_EQ(counts.enter("192.0.2.1:2", 2), one);
  EXPECT_EQ(counts.enter("192.0.2.1:3", 2), "");
  EXPECT_EQ(counts.enter("[::ffff:192.0.2.1]:3", 2), "") << "the same client";
  EXPECT_NE(counts.enter("192.0.2.2:1", 2), "");
  counts.leave(one);
  EXPECT_EQ(counts.enter("192.0.2.1:4", 2), one);
}

TEST(ClientCounts, ANetworkOfIpv6IsOneClient) {
  ClientCounts counts;
  EXPECT_NE(counts.enter("[2001:db8::1]:1", 1), "");
  EXPECT_EQ(counts.enter("[2001:db8::ffff:2]:1", 1), "");
  EXPECT_NE(counts.enter("[2001:db8:0:1::1]:1", 1), "");
}

}  // namespace
}  // namespace transport_http
