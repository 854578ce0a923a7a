#include "core/scrub.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost {
namespace {

std::string scrubbed(std::string text) {
  scrub(text);
  return text;
}

TEST(Scrub, TakesSecretsOutWhereverTheyStand) {
  keep_out_of_texts("tr0ub4dor");
  EXPECT_EQ(scrubbed("tr0ub4dor"), "[secret]");
  EXPECT_EQ(scrubbed("a tr0ub4dor, and tr0ub4dortr0ub4dor."), "a [secret], and [secret][secret].");
  EXPECT_EQ(scrubbed("tr0ub4do"), "tr0ub4do");
  EXPECT_EQ(scrubbed("trtr0ub4do tr0ub4dxr r0ub4dor"), "trtr0ub4do tr0ub4dxr r0ub4dor");
  EXPECT_EQ(scrubbed(""), "");
}

TEST(Scrub, EveryPlaceInEveryLength) {
  keep_out_of_texts("Zq7-longer-than-the-others-Zq7");
  keep_out_of_texts("Zq7abc");
  for (std::size_t before = 0; before < 70; ++before)
    for (std::size_t after = 0; after < 12; ++after) {
      const std::string head(before, 'b'), tail(after, 'c');
      EXPECT_EQ(scrubbed(head + "Zq7-longer-than-the-others-Zq7" + tail), head + "[secret]" + tail);
      EXPECT_EQ(scrubbed(head + "Zq7abc" + tail), head + "[secret]" + tail);
    }
}

TEST(Scrub, TheLongestOneCounts) {
  keep_out_of_texts("wombat-1");
  keep_out_of_texts("wombat-1234567890");
  EXPECT_EQ(scrubbed("wombat-1234567890 wombat-12"), "[secret] [secret]2");
}

TEST(Scrub, AsItStandsInJsonUrlsAndBase64) {
  keep_out_of_texts("p\"ss w\\rd/9");
  EXPECT_EQ(scrubbed(R"({"a":"p\"ss w\\rd/9"})"), R"({"a":"[secret]"})");
  EXPECT_EQ(scrubbed("https://x/?k=p%22ss%20w%5Crd%2F9&b"), "https://x/?k=[secret]&b");
  EXPECT_EQ(scrubbed("Basic cCJzcyB3XHJkLzk="), "Basic [secret]=");
}

TEST(Scrub, LinesOfAKey) {
  keep_out_of_texts("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIF\nshort\n-----END");
  EXPECT_EQ(scrubbed("bad line: MC4CAQAwBQYDK2VwBCIEIF"), "bad line: [secret]");
  EXPECT_EQ(scrubbed("short -----BEGIN PRIVATE KEY-----"), "short -----BEGIN PRIVATE KEY-----");
}

TEST(Scrub, ShortOnesAreLeft) {
  keep_out_of_texts("abcde");
  EXPECT_EQ(scrubbed("abcde"), "abcde");
}

TEST(Scrub, WhatStandsBeforeIsLeft) {
  keep_out_of_texts("kangaroo-7");
  std::string text = "kangaroo-7 kangaroo-7";
  scrub(text, 5);
  EXPECT_EQ(text, "kangaroo-7 [secret]");
}

// Rotation must not grow the process: the oldest are forgotten.
TEST(Scrub, ABoundedNumberIsKept) {
  keep_out_of_texts("the-oldest-one");
  for (int i = 0; i < 256; ++i) keep_out_of_texts("rotated-" + std::to_string(i) + "-away");
  EXPECT_EQ(scrubbed("the-oldest-one"), "the-oldest-one");
  EXPECT_EQ(scrubbed("rotated-0-away rotated-255-away"), "[secret] [secret]");
}

}  // namespace
}  // namespace govhost
