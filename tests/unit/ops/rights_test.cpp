#include "ops/rights.h"

#include <gtest/gtest.h>

#include "core/base64.h"

namespace govhost::ops {
namespace {

std::string basic(const std::string& pair) { return "Basic " + to_base64(pair); }

TEST(Rights, ATokenMayHaveColonsAndAnyUserMaySendIt) {
  const Rights rights([] { return std::string("a:b:c"); }, false);
  for (const char* const pair : {"ops:a:b:c", ":a:b:c", "\xc3\xa4:a:b:c"})
    EXPECT_FALSE(rights.refusal({basic(pair), "x", true})) << pair;
  for (const char* const pair : {"ops:a:b", "a:b:c", "ops:", "ops", "", "ops:a:b:c:", "ops:A:b:c"})
    EXPECT_EQ(rights.refusal({basic(pair), "x", true})->status, 401u) << pair;
  EXPECT_FALSE(rights.refusal({"Bearer a:b:c", "x", true}));
  EXPECT_FALSE(rights.refusal({"Bearer a:b:c", "x", false}));
  EXPECT_TRUE(rights.refusal({basic("ops:a:b:c"), "x", false})) << "Prometheus sends bearer tokens";
}

TEST(Rights, ATokenThatCannotBeHadLetsNobodyIn) {
  const Rights rights([] { return std::string(); }, true);
  for (const std::string& given :
       {std::string(), std::string("Bearer "), basic(":"), basic("ops:")})
    for (const bool browser : {false, true})
      EXPECT_EQ(rights.refusal({given, "127.0.0.1", browser})->status, 401u) << given;
}

TEST(Rights, WithoutATokenItIsThisMachineByAnAddress) {
  const Rights here(nullptr, true), everywhere(nullptr, false);
  EXPECT_FALSE(here.refusal({"", "127.0.0.1:9464", true}));
  EXPECT_EQ(here.refusal({"", "evil.example:9464", true})->status, 403u);
  EXPECT_FALSE(here.refusal({"", "govhost.service:9464", false})) << "as /metrics always was";
  EXPECT_EQ(everywhere.refusal({"", "127.0.0.1", true})->status, 403u);
  EXPECT_EQ(everywhere.refusal({"", "127.0.0.1", false})->status, 403u);
}

TEST(Rights, AHostIsLiteralWhenNoNameServerIsAskedForIt) {
  for (const char* const host : {"127.0.0.1", "10.0.0.5:80", "localhost", "LocalHost:9464", "[::1]",
                                 "[::1]:9464", "[fe80::1]"})
    EXPECT_TRUE(is_literal_host(host)) << host;
  for (const char* const host :
       {"", ":", ":9464", "example.org", "127.0.0.1.example.org", "localhost.example.org", "127.1",
        "0177.0.0.1", "2130706433", "[::1", "[]", "[127.0.0.1]", "[::1]x", "::1", "127.0.0.1x",
        "local host"})
    EXPECT_FALSE(is_literal_host(host)) << host;
}

}  // namespace
}  // namespace govhost::ops
