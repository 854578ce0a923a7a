#include "egress/address.h"

#include <gtest/gtest.h>

namespace govhost::egress {
namespace {

bool is_public(const char* text) {
  Address address{};
  EXPECT_TRUE(to_address(std::string_view(text), address)) << text;
  return egress::is_public(address);
}

TEST(EgressAddress, OnlyWhatIsGloballyReachableIsPublic) {
  for (const char* const text :
       {"8.8.8.8", "140.82.121.6", "172.15.0.1", "172.32.0.1", "192.169.0.1", "2606:50c0:8000::153",
        "64:ff9b::808:808", "2002:808:808::1"})
    EXPECT_TRUE(is_public(text)) << text;
  for (const char* const text : {"0.0.0.0",
                                 "10.1.2.3",
                                 "100.64.0.1",
                                 "127.0.0.1",
                                 "127.255.0.1",
                                 "169.254.169.254",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.168.1.1",
                                 "192.0.2.1",
                                 "198.18.0.1",
                                 "203.0.113.9",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "::",
                                 "::1",
                                 "fe80::1",
                                 "fc00::1",
                                 "fd00:ec2::254",
                                 "ff02::1",
                                 "::ffff:127.0.0.1",
                                 "::ffff:169.254.169.254",
                                 "64:ff9b::a9fe:a9fe",
                                 "2002:7f00:1::",
                                 "2001:db8::1",
                                 "::7f00:1"})
    EXPECT_FALSE(is_public(text)) << text;
}

TEST(EgressNetworks, ContainWhatTheirPrefixSays) {
  const auto networks = Networks::parse({"10.1.0.0/16", "192.168.7.7", "fd00::/8", "128.0.0.0/1"});
  ASSERT_TRUE(networks.ok());
  const auto contain = [&](const char* text) {
    Address address{};
    EXPECT_TRUE(to_address(std::string_view(text), address));
    return networks->contain(address);
  };
  for (const char* const text :
       {"10.1.255.255", "192.168.7.7", "fd12::1", "200.0.0.1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(contain(text)) << text;
  for (const char* const text : {"10.2.0.1", "100.0.0.1", "fe00::1", "::1"})
    EXPECT_FALSE(contain(text)) << text;
}

TEST(EgressNetworks, WhatIsNoneIsNamed) {
  for (const char* const text : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/",
                                 "10.0.0.0/8x", "10.0.0.0/-1", "localhost"}) {
    const auto networks = Networks::parse({text});
    ASSERT_FALSE(networks.ok()) << text;
    EXPECT_NE(networks.status().message().find(std::string("\"") + text + "\" is no network"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace govhost::egress
