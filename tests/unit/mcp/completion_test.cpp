#include "mcp/completion.h"

#include <gtest/gtest.h>

#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

std::shared_ptr<const content::Snapshot> risks(int count, const std::string& word = "Risk") {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    files.emplace_back("_risks/ri-" + n + "_r.md",
                       "---\ntitle: " + word + " " + n + "\n---\nText\n");
  }
  return fixtures::snapshot(std::move(files));
}

TEST(Completion, AtMostAHundredAndTheTruthAboutTheRest) {
  const auto few = complete(*risks(100), {"risk", false}, "");
  EXPECT_EQ(few["values"].size(), 100u);
  EXPECT_EQ(few["hasMore"], false);
  const auto many = complete(*risks(101), {"risk", false}, "");
  EXPECT_EQ(many["values"].size(), 100u);
  EXPECT_EQ(many["total"], 101);
  EXPECT_EQ(many["hasMore"], true);
}

TEST(Completion, WhatBeginsSoComesFirst) {
  const auto content = fixtures::snapshot({{"_risks/ri-1_a.md", "---\ntitle: Undatable\n---\nx\n"},
                                           {"_risks/ri-2_b.md", "---\ntitle: Bad data\n---\nx\n"},
                                           {"_risks/ri-3_c.md", "---\ntitle: Data loss\n---\nx\n"},
                                           {"_risks/ri-4_d.md", "---\ntitle: Other\n---\nx\n"}});
  for (const char* typed : {"data", "DATA", " Data "})
    EXPECT_EQ(complete(*content, {"risk", true}, typed)["values"],
              (Json{"Data loss", "Bad data", "Undatable"}))
        << typed;
  EXPECT_EQ(complete(*content, {"risk", true}, "nothing like it")["values"], Json::array());
}

TEST(Completion, FreeTextHasNone) {
  const Json none = complete(*risks(3), {}, "");
  EXPECT_EQ(none["values"], Json::array());
  EXPECT_EQ(none["total"], 0);
  EXPECT_EQ(none["hasMore"], false);
  EXPECT_EQ(complete(*risks(3), {"no kind", false}, "")["total"], 0);
}

}  // namespace
}  // namespace govhost::mcp
